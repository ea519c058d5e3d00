#include "gpu/cuda_compositor.h"

#include <boost/test/unit_test.hpp>

#include "mcu/base/sync.h"

#include "tests/conformance/compositor_conformance.h"
#include "tests/conformance/on_host.h"
#include "tests/support/gpu_machine.h"

namespace tessera {
namespace {

constexpr Size kCanvas{64, 48};

/// Uploads a picture as a decoder on the device would leave it: NV12, with a fence.
FramePtr onDevice(const GpuMachine& machine, const VideoFrame& frame) {
    CudaFramePool pool(machine.device, frame.size, 8);
    WritableCudaFrame target = *pool.take();
    const CudaScope scope(machine.device->context());
    const Size chroma = chromaSize(frame.size);
    std::vector<std::uint8_t> row;
    const auto copy = [&](CUdeviceptr to) {
        machine.device->context().calls().cuMemcpyHtoD(to, row.data(), row.size());
    };
    for (int y = 0; y < frame.size.height; ++y) {
        const std::uint8_t* from = frame.planes[0].data + static_cast<std::ptrdiff_t>(y) * frame.planes[0].stride;
        row.assign(from, from + frame.size.width);
        copy(target.luma + static_cast<std::size_t>(y) * target.pitch);
    }
    for (int y = 0; y < chroma.height; ++y) {
        row.clear();
        for (int x = 0; x < chroma.width; ++x) {
            for (const std::size_t plane : {1U, 2U}) {
                row.push_back(
                    frame.planes[plane].data[static_cast<std::ptrdiff_t>(y) * frame.planes[plane].stride + x]);
            }
        }
        copy(target.chroma + static_cast<std::size_t>(y) * target.pitch);
    }
    target.frame->matrix = frame.matrix;
    target.frame->range = frame.range;
    target.frame->orientation = frame.orientation;
    return *std::move(target).publish(machine.device->downloadStream());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cuda_compositor)

BOOST_AUTO_TEST_CASE(random_scenes_equal_the_written_rule_byte_for_byte) {
    GpuMachine machine;
    OnHost subject(machine.compositor());
    const conformance::Subject subjects[] = {{"emulated CUDA", &subject, false}};
    const auto found = conformance::checkScenes(subjects, conformance::firstSeed(), conformance::caseCount(400));
    BOOST_TEST(!found, found.value_or(""));
}

BOOST_AUTO_TEST_CASE(shows_equal_pictures_drawn_from_nothing_byte_for_byte) {
    GpuMachine machine;
    OnHost subject(machine.compositor());
    const conformance::Subject subjects[] = {{"emulated CUDA", &subject, false}};
    const auto found = conformance::checkShows(subjects, conformance::firstSeed(), conformance::caseCount(8));
    BOOST_TEST(!found, found.value_or(""));
}

BOOST_AUTO_TEST_CASE(pictures_in_the_devices_memory_give_the_same_bytes) {
    GpuMachine machine;
    OnHost subject(machine.compositor());
    conformance::NaiveCompositor rule;
    for (std::uint32_t seed = 5000; seed < 5080; ++seed) {
        conformance::RandomScene scene(seed);
        std::vector<FramePtr> frames;
        for (const auto& frame : scene.frames) frames.push_back(frame ? onDevice(machine, *frame) : nullptr);
        const auto expected = rule.compose(scene.composition, scene.frames, MediaTime{});
        const auto actual = subject.compose(scene.composition, frames, MediaTime{});
        BOOST_REQUIRE(actual);
        const auto found = conformance::difference(**expected, **actual);
        BOOST_TEST(!found, "seed " << seed << ": " << found.value_or(""));
    }
}

BOOST_AUTO_TEST_CASE(views_submitted_together_are_drawn_by_one_launch) {
    GpuMachine machine;
    auto first = machine.compositor(), second = machine.compositor(), third = machine.compositor();
    const auto composition = fullPicture(kCanvas);
    const std::vector<FramePtr> bright{greyFrame(kCanvas, 200)}, dark{greyFrame(kCanvas, 50)};
    first->submit(composition, bright, MediaTime{});
    second->submit(composition, dark, MediaTime{});
    third->submit(fullPicture({128, 96}), bright, MediaTime{});
    const auto a = hostFrame(*first->collect()), b = hostFrame(*second->collect());
    BOOST_TEST(lumaAt(**a, 10, 10) == 200);
    BOOST_TEST(lumaAt(**b, 10, 10) == 50);
    BOOST_TEST(third->collect().ok());
    BOOST_TEST(machine.gpu.calls("cuLaunchKernel") == 1);
    BOOST_TEST(machine.queue->canvases.value() == 3u);
}

BOOST_AUTO_TEST_CASE(a_picture_is_uploaded_once_for_all_views_and_ticks) {
    GpuMachine machine;
    auto first = machine.compositor(), second = machine.compositor();
    const auto composition = fullPicture(kCanvas);
    const std::vector<FramePtr> frames{greyFrame({32, 24}, 90)};
    BOOST_TEST(first->compose(composition, frames, MediaTime{}).ok());
    const long copies = machine.gpu.calls("cuMemcpyHtoDAsync");
    BOOST_TEST(second->compose(composition, frames, MediaTime{}).ok());
    BOOST_TEST(machine.gpu.calls("cuMemcpyHtoDAsync") == copies + 1);  // the launch table alone
}

BOOST_AUTO_TEST_CASE(an_unchanged_picture_is_repeated_without_a_launch) {
    GpuMachine machine;
    auto compositor = machine.compositor();
    const auto composition = fullPicture(kCanvas);
    const std::vector<FramePtr> frames{greyFrame(kCanvas, 90)}, others{greyFrame(kCanvas, 91)};
    const auto first = *compositor->compose(composition, frames, MediaTime(std::chrono::milliseconds(0)));
    const auto again = *compositor->compose(composition, frames, MediaTime(std::chrono::milliseconds(33)));
    BOOST_TEST(machine.gpu.calls("cuLaunchKernel") == 1);
    BOOST_TEST(again->id == first->id);
    BOOST_TEST(((*hostFrame(again))->pts == MediaTime(std::chrono::milliseconds(33))));
    const auto changed = *compositor->compose(composition, others, MediaTime(std::chrono::milliseconds(66)));
    BOOST_TEST(changed->id != first->id);
    BOOST_TEST(lumaAt(**hostFrame(changed), 3, 3) == 91);
}

BOOST_AUTO_TEST_CASE(a_composite_is_downloaded_once) {
    GpuMachine machine;
    auto compositor = machine.compositor();
    const std::vector<FramePtr> frames{greyFrame(kCanvas, 90)};
    const auto picture = *compositor->compose(fullPicture(kCanvas), frames, MediaTime{});
    BOOST_TEST(hostFrame(picture).ok());
    const long copies = machine.gpu.calls("cuMemcpy2DAsync");
    BOOST_TEST(hostFrame(picture).ok());
    BOOST_TEST(machine.gpu.calls("cuMemcpy2DAsync") == copies);
}

BOOST_AUTO_TEST_CASE(meetings_on_threads_of_their_own_share_launches_and_get_their_own_pictures) {
    GpuMachine machine;
    std::array<int, 4> wrong{};
    {
        std::vector<Thread> threads;
        for (int index = 0; index < 4; ++index) {
            threads.emplace_back("meeting", [&machine, &wrong, index] {
                auto compositor = machine.compositor();
                for (int tick = 0; tick < 50; ++tick) {
                    const int value = 20 + 50 * index + tick;
                    const std::vector<FramePtr> frames{greyFrame({20, 18}, value)};
                    const auto picture = compositor->compose(fullPicture(kCanvas), frames, MediaTime{});
                    const auto copy = picture ? hostFrame(*picture) : picture;
                    if (!copy || lumaAt(**copy, 5, 5) != value) ++wrong[static_cast<std::size_t>(index)];
                }
            });
        }
    }
    for (const int count : wrong) BOOST_TEST(count == 0);
    BOOST_TEST(machine.queue->canvases.value() == 200u);
    BOOST_TEST(machine.queue->launches.value() <= 200u);
}

BOOST_AUTO_TEST_CASE(a_launch_error_costs_one_picture) {
    GpuMachine machine("cuLaunchKernel@2=1");
    auto compositor = machine.compositor();
    const auto compose = [&](int value) {
        const std::vector<FramePtr> frames{greyFrame(kCanvas, value)};
        return compositor->compose(fullPicture(kCanvas), frames, MediaTime{});
    };
    BOOST_TEST(compose(10).ok());
    BOOST_TEST(!compose(11).ok());
    const auto third = compose(12);
    BOOST_REQUIRE(third.ok());
    BOOST_TEST(lumaAt(**hostFrame(*third), 1, 1) == 12);
    BOOST_TEST(!machine.device->isLost());
}

BOOST_AUTO_TEST_CASE(a_consumer_that_keeps_every_picture_meets_a_limit) {
    GpuMachine machine;
    auto compositor = machine.compositor();
    std::vector<FramePtr> kept;
    int refused = 0;
    for (int i = 0; i < 100; ++i) {
        const std::vector<FramePtr> frames{greyFrame(kCanvas, i)};
        auto picture = compositor->compose(fullPicture(kCanvas), frames, MediaTime{});
        if (!picture) {
            BOOST_TEST((picture.error().code == ErrorCode::Capacity));
            ++refused;
        } else {
            kept.push_back(*picture);
        }
    }
    BOOST_TEST(refused >= 70);
    kept.clear();
    machine.queue->reap();
    const std::vector<FramePtr> frames{greyFrame(kCanvas, 7)};
    BOOST_TEST(compositor->compose(fullPicture(kCanvas), frames, MediaTime{}).ok());
}

BOOST_AUTO_TEST_CASE(a_device_that_hangs_is_given_a_bounded_amount_of_work) {
    GpuMachine machine("stuck");
    auto compositor = machine.compositor();
    int refused = 0;
    for (int i = 0; i < 100; ++i) {
        const std::vector<FramePtr> frames{greyFrame(kCanvas, i)};
        if (!compositor->compose(fullPicture(kCanvas), frames, MediaTime{})) ++refused;
    }
    BOOST_TEST(refused >= 60);
    BOOST_TEST(machine.gpu.memoryInUse() < 8u << 20U);
}

BOOST_AUTO_TEST_CASE(nothing_of_the_device_is_left_behind) {
    FakeGpu gpu;
    {
        auto device = *gpu.openDevice();
        auto queue = *FakeGpu::openQueue(device);
        auto compositor = createCudaCompositor(queue);
        const std::vector<FramePtr> frames{greyFrame(kCanvas, 9)};
        BOOST_TEST(compositor->compose(fullPicture(kCanvas), frames, MediaTime{}).ok());
    }
    BOOST_TEST(gpu.memoryInUse() == 0u);
}

BOOST_AUTO_TEST_CASE(a_build_or_device_without_a_kernel_is_told_so) {
    FakeGpu gpu("cuModuleLoadData=209");
    auto device = *gpu.openDevice();
    const auto none = CudaLaunchQueue::create(device, {});
    BOOST_REQUIRE(!none);
    BOOST_TEST(none.error().message == "this build has no GPU kernels (it was made without nvcc)");
    const auto wrong = FakeGpu::openQueue(device);
    BOOST_REQUIRE(!wrong);
    BOOST_TEST(wrong.error().message == "this build has no kernel image for compute capability 9.0 and this driver");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
