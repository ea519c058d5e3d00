#include "gpu/cuda_driver.h"

#include <boost/test/unit_test.hpp>

namespace tessera {

BOOST_AUTO_TEST_SUITE(cuda_driver)

BOOST_AUTO_TEST_CASE(a_machine_without_a_driver_is_told_so) {
    const auto driver = CudaDriver::load("/nonexistent/libcuda.so.1");
    BOOST_REQUIRE(!driver);
    BOOST_TEST((driver.error().code == ErrorCode::Unsupported));
    BOOST_TEST(driver.error().message == "no NVIDIA driver (libcuda.so.1 was not found)");
}

BOOST_AUTO_TEST_CASE(a_library_that_is_no_driver_counts_as_too_old) {
    const auto driver = CudaDriver::load("libm.so.6");
    BOOST_REQUIRE(!driver);
    BOOST_TEST(driver.error().message == "the NVIDIA driver is too old: libcuda.so.1 lacks cuInit");
}

BOOST_AUTO_TEST_CASE(lack_of_memory_is_not_sticky_and_an_illegal_address_is) {
    for (const int code : {0, 1, 2, 201, 600, 701}) BOOST_TEST(!isStickyCudaError(static_cast<CUresult>(code)));
    for (const int code : {700, 702, 710, 714, 719, 999}) BOOST_TEST(isStickyCudaError(static_cast<CUresult>(code)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
