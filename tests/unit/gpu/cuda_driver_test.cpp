#include "gpu/cuda_driver.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/fake_gpu.h"

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

BOOST_AUTO_TEST_CASE(an_old_driver_is_told_by_the_function_that_it_lacks) {
    const auto driver = CudaDriver::load(std::string(TESSERA_BINARY_DIR) + "/fake_cuda_old/libcuda.so.1");
    BOOST_REQUIRE(!driver);
    BOOST_TEST(driver.error().message == "the NVIDIA driver is too old: libcuda.so.1 lacks cuStreamWaitEvent");
}

BOOST_AUTO_TEST_CASE(each_way_to_fail_at_the_start_has_its_own_words) {
    const auto reason = [](const std::string& plan) {
        const FakeGpu gpu(plan);
        const auto driver = CudaDriver::load(FakeGpu::path());
        return driver ? std::string() : driver.error().message;
    };
    BOOST_TEST(reason("devices=0") == "the NVIDIA driver finds no device");
    BOOST_TEST(reason("cuInit=3") == "the NVIDIA driver does not start: cuInit failed with CUDA error 3 (INJECTED)");
    BOOST_TEST(reason("") == "");
}

BOOST_AUTO_TEST_CASE(a_device_that_cannot_be_opened_says_why) {
    const auto failure = [](const std::string& plan, int index) {
        FakeGpu gpu(plan);
        const auto device = gpu.openDevice(index);
        BOOST_REQUIRE(!device);
        return device.error();
    };
    BOOST_TEST((failure("", 1).code == ErrorCode::InvalidArgument));
    BOOST_TEST((failure("cuDevicePrimaryCtxRetain=2", 0).code == ErrorCode::Capacity));
    BOOST_TEST((failure("memory_mb=256", 0).code == ErrorCode::Capacity));
    BOOST_TEST((failure("cuDevicePrimaryCtxRetain=46", 0).code == ErrorCode::Device));
    BOOST_TEST((failure("cuStreamCreate=1", 0).code == ErrorCode::Device));
}

BOOST_AUTO_TEST_CASE(calls_without_a_current_context_are_caught_by_the_stand_in) {
    FakeGpu gpu;
    auto device = *gpu.openDevice();
    CUdeviceptr address = 0;
    BOOST_TEST(device->context().calls().cuMemAlloc(&address, 16) == 201);
}

BOOST_AUTO_TEST_CASE(lack_of_memory_is_not_sticky_and_an_illegal_address_is) {
    for (const int code : {0, 1, 2, 201, 600, 701}) BOOST_TEST(!isStickyCudaError(static_cast<CUresult>(code)));
    for (const int code : {700, 702, 710, 714, 719, 999}) BOOST_TEST(isStickyCudaError(static_cast<CUresult>(code)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
