#include "gpu/gpu_compositor.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/gpu_machine.h"

namespace tessera {
namespace {

constexpr Size kCanvas{64, 48};

/// A view that composes on a device of the stand-in, tick by tick.
struct ComposingView {
    explicit ComposingView(const std::string& plan) : gpu(plan) {
        device = *gpu.openDevice();
        composers = GpuComposers::open({device}, FakeGpu::kernels());
        compositor = createGpuCompositor(composers->place("meeting"));
    }

    Result<FramePtr> tick(const FramePtr& frame) {
        frames = {frame};
        return compositor->compose(composition, frames, MediaTime{});
    }
    Result<FramePtr> tick(int value) { return tick(greyFrame(kCanvas, value)); }

    FakeGpu gpu;
    std::shared_ptr<CudaDevice> device;
    std::shared_ptr<GpuComposers> composers;
    std::unique_ptr<Compositor> compositor;
    Composition composition = fullPicture(kCanvas);
    std::vector<FramePtr> frames;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(gpu_compositor)

BOOST_AUTO_TEST_CASE(loss_of_the_device_is_not_seen_in_the_picture) {
    for (const char* plan : {"cuLaunchKernel@3=700", "cuLaunchKernel@3=719", "cuMemcpyHtoDAsync@9=702",
                             "cuEventRecord@5=714", "cuEventQuery@2=700", "cuStreamWaitEvent@1=999"}) {
        ComposingView view(plan);
        for (int i = 0; i < 8; ++i) {
            const auto picture = view.tick(60 + i);
            BOOST_REQUIRE_MESSAGE(picture.ok(), plan << " tick " << i);
            const auto copy = hostFrame(*picture);
            if (copy) BOOST_TEST(lumaAt(**copy, 9, 9) == 60 + i);
        }
        BOOST_TEST(view.device->isLost(), plan);
        const auto last = *view.tick(99);
        BOOST_TEST((last->memory == MemoryKind::Host));
        BOOST_TEST(view.composers->devicesLost.value() == 1u);
        BOOST_TEST(view.composers->states()[0].picturesFailed == 1u);
        BOOST_TEST(view.device->context().lossReason().find("failed with CUDA error") != std::string::npos);
        BOOST_TEST(view.composers->place("another") == nullptr);
    }
}

BOOST_AUTO_TEST_CASE(pictures_in_lost_memory_are_missing_until_the_source_delivers_others) {
    ComposingView view("");
    CudaFramePool pool(view.device, kCanvas, 4);
    WritableCudaFrame decoded = *pool.take();
    FramePtr frame;
    {
        const CudaScope scope(view.device->context());
        frame = *std::move(decoded).publish(view.device->downloadStream());
    }
    BOOST_TEST(view.tick(frame).ok());
    view.gpu.reset("cuLaunchKernel@1=700");
    const auto without = view.tick(greyFrame(kCanvas, 1));
    BOOST_TEST(without.ok());
    const auto placeholder = view.tick(frame);
    BOOST_REQUIRE(placeholder.ok());
    BOOST_TEST(lumaAt(**placeholder, 9, 9) == 40);
    BOOST_TEST(lumaAt(**view.tick(77), 9, 9) == 77);
}

BOOST_AUTO_TEST_CASE(any_other_error_costs_one_picture) {
    ComposingView view("cuLaunchKernel@3=1");
    int failed = 0;
    for (int i = 0; i < 10; ++i) failed += view.tick(i).ok() ? 0 : 1;
    BOOST_TEST(failed == 1);
    BOOST_TEST(!view.device->isLost());
    BOOST_TEST(((*view.tick(50))->memory == MemoryKind::Cuda));
}

BOOST_AUTO_TEST_CASE(lack_of_memory_falls_back_to_the_cpu_and_the_device_is_tried_again) {
    ComposingView view("");
    BOOST_TEST(view.tick(1).ok());
    view.gpu.reset("cuMemAlloc=2 cuMemHostAlloc=2 cuLaunchKernel=2");
    int failed = 0, onCpu = 0;
    for (int i = 0; i < 20; ++i) {
        const auto picture = view.tick(greyFrame({200, 150}, 10 + i));
        if (!picture) {
            ++failed;
            continue;
        }
        onCpu += (*picture)->memory == MemoryKind::Host ? 1 : 0;
    }
    BOOST_TEST(failed == 3);
    BOOST_TEST(onCpu == 17);
    view.gpu.reset("");
    Result<FramePtr> picture = view.tick(5);
    for (int i = 0; i < 300; ++i) picture = view.tick(greyFrame(kCanvas, i % 200));
    BOOST_REQUIRE(picture.ok());
    BOOST_TEST(((*picture)->memory == MemoryKind::Cuda));
}

BOOST_AUTO_TEST_CASE(a_meeting_stays_on_its_device_and_the_next_goes_where_memory_is_free) {
    FakeGpu gpu("devices=2");
    auto first = *gpu.openDevice(0), second = *gpu.openDevice(1);
    const auto composers = GpuComposers::open({first, second}, FakeGpu::kernels());
    const auto taken = *first->memory().take(std::size_t{1} << 20U);
    const auto a = composers->place("a");
    BOOST_TEST(a->device().context().device().index == 1);
    const auto more = *second->memory().take(std::size_t{8} << 20U);
    BOOST_TEST(composers->place("b")->device().context().device().index == 0);
    BOOST_TEST(composers->place("a").get() == a.get());
    BOOST_TEST(composers->states()[1].meetings == 1);
}

BOOST_AUTO_TEST_CASE(a_picture_of_another_device_is_read_through_the_host) {
    FakeGpu gpu("devices=2");
    auto first = *gpu.openDevice(0), second = *gpu.openDevice(1);
    const auto composers = GpuComposers::open({first, second}, FakeGpu::kernels());
    CudaFramePool pool(first, kCanvas, 4);
    WritableCudaFrame decoded = *pool.take();
    FramePtr frame;
    {
        const CudaScope scope(first->context());
        first->context().calls().cuMemsetD8Async(decoded.luma, 66, decoded.pitch * 48, first->downloadStream());
        frame = *std::move(decoded).publish(first->downloadStream());
    }
    auto compositor = createCudaCompositor(*FakeGpu::openQueue(second));
    const std::vector<FramePtr> frames{frame};
    const auto picture = compositor->compose(fullPicture(kCanvas), frames, MediaTime{});
    BOOST_REQUIRE(picture.ok());
    BOOST_TEST(lumaAt(**hostFrame(*picture), 9, 9) == 66);
}

BOOST_AUTO_TEST_CASE(without_a_device_the_cpu_composes) {
    auto compositor = createGpuCompositor(nullptr);
    const std::vector<FramePtr> frames{greyFrame(kCanvas, 33)};
    const auto picture = compositor->compose(fullPicture(kCanvas), frames, MediaTime{});
    BOOST_REQUIRE(picture.ok());
    BOOST_TEST(lumaAt(**picture, 9, 9) == 33);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
