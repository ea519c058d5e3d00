#include "gpu/gpu_engines.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/fake_gpu.h"

namespace tessera {
namespace {

GpuSettings fakeSettings(const std::string& devices) {
    GpuSettings settings;
    settings.devices = devices;
    settings.libraryFolder = std::string(TESSERA_BINARY_DIR) + "/fake_cuda/";
    return settings;
}

/// What is said, but for the lack of kernels of a build without nvcc.
std::vector<std::string> reasonsOf(const GpuEngines& engines) {
    auto reasons = engines.reasons();
    std::erase_if(reasons,
                  [](const std::string& reason) { return reason.find("no GPU kernels") != std::string::npos; });
    return reasons;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gpu_engines)

BOOST_AUTO_TEST_CASE(device_lists_are_read_strictly) {
    BOOST_TEST(parseGpuDevices("auto")->empty());
    BOOST_TEST(parseGpuDevices("none")->empty());
    BOOST_TEST(*parseGpuDevices("2,0,2") == (std::vector<int>{0, 2}), boost::test_tools::per_element());
    for (const char* text : {"", ",", "-1", "64", "0 1", "first", "1x", "0,,1"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(!parseGpuDevices(text).ok());
        }
    }
}

BOOST_AUTO_TEST_CASE(auto_opens_every_device_and_a_list_what_it_names) {
    FakeGpu gpu("devices=3");
    const auto all = GpuEngines::open(fakeSettings("auto"));
    BOOST_TEST(all->engines().size() == 3U);
    BOOST_TEST(reasonsOf(*all).empty());
    for (const auto& engine : all->engines()) BOOST_TEST((engine.nvdec != nullptr));
    const auto named = GpuEngines::open(fakeSettings("2,5"));
    BOOST_REQUIRE(named->engines().size() == 1U);
    BOOST_TEST(named->engines()[0].device->context().device().index == 2);
    const auto reasons = reasonsOf(*named);
    BOOST_REQUIRE(reasons.size() == 1U);
    BOOST_TEST(reasons[0].find("GPU 5") == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_said_and_nothing_fails) {
    FakeGpu gpu("devices=0");
    BOOST_TEST(GpuEngines::open(fakeSettings("auto"))->pick() == nullptr);
    BOOST_TEST(!GpuEngines::open(fakeSettings("auto"))->reasons().empty());
    const auto none = GpuEngines::open(fakeSettings("none"));
    BOOST_TEST(none->reasons().at(0) == "the configuration uses no GPU");
    gpu.reset("");
    auto settings = fakeSettings("auto");
    settings.libraryFolder = "/nowhere/";
    BOOST_TEST(GpuEngines::open(settings)->reasons().at(0).find("libcuda.so.1") != std::string::npos);
    settings = fakeSettings("auto");
    settings.decoding.decoders = 0;
    const auto undecoding = GpuEngines::open(settings);
    BOOST_REQUIRE(undecoding->engines().size() == 1U);
    BOOST_TEST((undecoding->engines()[0].nvdec == nullptr));
    settings.memory.reserveBytes = std::size_t{1} << 40U;
    BOOST_TEST(GpuEngines::open(settings)->reasons().at(0).find("too little free memory") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(new_work_goes_where_most_memory_is_free_and_never_to_a_lost_device) {
    FakeGpu gpu("devices=2");
    const auto engines = GpuEngines::open(fakeSettings("auto"));
    BOOST_REQUIRE(engines->engines().size() == 2U);
    const auto& first = engines->engines()[0];
    const auto& second = engines->engines()[1];
    const auto taken = first.device->memory().take(1U << 20U);
    BOOST_REQUIRE(taken.ok());
    BOOST_TEST(engines->pick() == &second);
    BOOST_TEST(!second.device->context().check(static_cast<CUresult>(700), "a kernel").ok());
    BOOST_TEST(engines->pick() == &first);
    BOOST_TEST(!first.device->context().check(static_cast<CUresult>(719), "a kernel").ok());
    BOOST_TEST(engines->pick() == nullptr);
}

BOOST_AUTO_TEST_CASE(a_device_without_a_kernel_says_so_still_decodes_and_its_loss_is_heard_of) {
    FakeGpu gpu("cuModuleLoadData=209");
    const auto engines = GpuEngines::open(fakeSettings("auto"));
    BOOST_REQUIRE(engines->engines().size() == 1U);
    BOOST_TEST((engines->engines()[0].nvdec != nullptr));
    BOOST_TEST(engines->composers()->states().empty());
    BOOST_TEST(engines->composers()->place("meeting") == nullptr);
    BOOST_TEST(engines->engineOf("meeting") == &engines->engines()[0]);
    BOOST_TEST(engines->reasonsOf(0).find("this build has no") == 0U);
    BOOST_TEST(engines->reasonsOf(1).empty());
    BOOST_TEST(!engines->engines()[0].device->context().check(static_cast<CUresult>(700), "a kernel").ok());
    BOOST_TEST(engines->composers()->devicesLost.value() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
