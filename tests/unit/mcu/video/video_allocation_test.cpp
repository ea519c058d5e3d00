#include <boost/test/unit_test.hpp>
#include <deque>

#include "mcu/media/frame_pool.h"
#include "mcu/video/video_mixer.h"

#include "tests/support/allocation_counter.h"

namespace tessera {
namespace {

/// Holds pictures for a few ticks, as an encoder does, in room of its own.
struct HoldingSink final : FrameSink {
    void offer(FramePtr frame) override { held[next++ % held.size()] = std::move(frame); }
    std::array<FramePtr, 3> held;
    std::size_t next = 0;
};

FramePtr picture(FramePool& pool, MediaTime pts) {
    WritableFrame frame = pool.take();
    for (std::size_t i = 0; i < 3; ++i) {
        const int rows = i == 0 ? pool.size().height : chromaSize(pool.size()).height;
        std::fill_n(frame.data[i], rows * frame.frame->planes[i].stride, static_cast<std::uint8_t>(90 + i));
    }
    frame.frame->pts = pts;
    return std::move(frame).publish();
}

OverlayPtr plate(Size size) {
    auto overlay = std::make_shared<Overlay>();
    const auto area = static_cast<std::size_t>(size.width * size.height);
    overlay->size = size;
    overlay->y.assign(area, 80);
    overlay->alpha.assign(area, 120);
    for (auto* plane : {&overlay->u, &overlay->v}) plane->assign(area / 4, 60);
    overlay->chromaAlpha.assign(area / 4, 120);
    return overlay;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(video_allocation)

BOOST_AUTO_TEST_CASE(warm_video_tick_allocates_nothing) {
    constexpr FrameRate kRate{30, 1};
    constexpr int kSources = 9;
    const auto sink = std::make_shared<HoldingSink>();
    VideoPlan plan;
    plan.rate = kRate;
    for (int i = 0; i < kSources; ++i) {
        VideoPlanSource source{.feed = std::make_shared<SourceFeed>(), .id = "src_" + std::to_string(i)};
        source.labels.fill(plate({40, 20}));
        source.avatars.fill(plate({28, 28}));
        plan.sources.push_back(std::move(source));
    }
    VideoPlanView view{.view = std::make_shared<View>(createCpuCompositor()), .canvas = {640, 360}, .sinks = {sink}};
    view.scene.cornerRadius = 16;
    view.scene.border = 2;
    view.scene.transition.kind = TransitionKind::Move;
    plan.views.push_back(std::move(view));
    Snapshot<VideoPlan> published;
    published.publish(std::make_shared<const VideoPlan>(plan));
    const ManualClock clock;
    VideoMixer mixer(published, clock);
    FramePool pool({320, 180});

    const auto tick = [&](std::int64_t n) {
        for (int i = 0; i < kSources - 1; ++i) {  // the last has no picture
            if ((n + i) % 3 == 0) {
                plan.sources[static_cast<std::size_t>(i)].feed->video.offer(
                    picture(pool, MediaTime(kRate.tickTime(n))));
            }
        }
        const auto before = allocationsOnThisThread();
        mixer.tick(n);
        return allocationsOnThisThread() - before;
    };
    for (std::int64_t n = 0; n < 40; ++n) tick(n);
    std::uint64_t allocated = 0;
    for (std::int64_t n = 40; n < 100; ++n) allocated += tick(n);
#ifndef __SANITIZE_ADDRESS__
    BOOST_TEST(allocated == 0U);
#endif
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
