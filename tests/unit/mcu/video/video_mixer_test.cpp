#include "mcu/video/video_mixer.h"

#include <boost/test/unit_test.hpp>

namespace tessera {
namespace {

constexpr Duration kDelay = std::chrono::milliseconds(80);

FramePtr frameAt(MediaTime pts) {
    auto frame = std::make_shared<VideoFrame>();
    frame->size = {640, 360};
    frame->pts = pts;
    return frame;
}

/// Remembers what it was asked to draw.
struct RecordingCompositor final : Compositor {
    void submit(const Composition& composition, std::span<const FramePtr> frames, MediaTime pts) override {
        layers = composition.layers;
        shown.assign(frames.begin(), frames.end());
        frame = std::make_shared<VideoFrame>();
        frame->size = composition.canvas;
        frame->pts = pts;
    }
    Result<FramePtr> collect() override {
        if (failing) return Error{ErrorCode::Device, "lost", {}};
        return FramePtr(std::move(frame));
    }
    std::shared_ptr<VideoFrame> frame;
    std::vector<Layer> layers;
    std::vector<FramePtr> shown;
    bool failing = false;
};

struct CollectingSink final : FrameSink {
    void offer(FramePtr frame) override { frames.push_back(std::move(frame)); }
    std::vector<FramePtr> frames;
};

struct Fixture {
    Fixture() {
        auto backend = std::make_unique<RecordingCompositor>();
        compositor = backend.get();
        plan.rate = {30, 1};
        plan.playoutDelay = kDelay;
        plan.views.push_back(
            {.view = std::make_shared<View>(std::move(backend)), .canvas = {1280, 720}, .sinks = {sink}});
    }
    SourceFeedPtr addSource(const std::string& id) {
        auto feed = std::make_shared<SourceFeed>();
        plan.sources.push_back({.feed = feed, .id = id});
        return feed;
    }
    void tick(std::int64_t n) {
        published.publish(std::make_shared<const VideoPlan>(plan));
        mixer.tick(n);
    }
    static MediaTime readTime(std::int64_t n) {
        return MediaTime(FrameRate{30, 1}.tickTime(n)) - kDelay + FrameRate{30, 1}.period() / 2;
    }

    ManualClock clock;
    Snapshot<VideoPlan> published;
    VideoMixer mixer{published, clock};
    VideoPlan plan;
    std::shared_ptr<CollectingSink> sink = std::make_shared<CollectingSink>();
    RecordingCompositor* compositor = nullptr;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(video_mixer, Fixture)

BOOST_AUTO_TEST_CASE(pictures_carry_the_computed_time_of_their_tick) {
    addSource("a");
    for (const std::int64_t n : {0, 1, 2, 7, 1'000'000}) tick(n);
    BOOST_REQUIRE_EQUAL(sink->frames.size(), 5U);
    BOOST_TEST((sink->frames[3]->pts == MediaTime(FrameRate{30, 1}.tickTime(7))));
    BOOST_TEST((sink->frames[4]->pts == MediaTime(FrameRate{30, 1}.tickTime(1'000'000))));
}

BOOST_AUTO_TEST_CASE(sources_are_read_one_playout_delay_behind_the_tick) {
    auto feed = addSource("a");
    const auto early = frameAt(readTime(30));
    const auto late = frameAt(readTime(30) + Duration(1));
    feed->video.offer(early);
    feed->video.offer(late);
    tick(30);
    BOOST_TEST((compositor->shown.at(0) == early));
    tick(31);
    BOOST_TEST((compositor->shown.at(0) == late));
    tick(300);
    BOOST_TEST((compositor->shown.at(0) == late), "the last picture is held");
}

BOOST_AUTO_TEST_CASE(a_slow_source_loses_only_its_own_pictures) {
    auto slow = addSource("slow");
    auto fast = addSource("fast");
    for (int n = 0; n < 40; ++n) fast->video.offer(frameAt(readTime(n)));
    slow->video.offer(frameAt(readTime(0)));
    tick(40);
    BOOST_TEST((compositor->shown.at(1)->pts == readTime(39)));
    BOOST_TEST(fast->video.dropped() > 0U);
    BOOST_TEST(slow->video.dropped() == 0U);
}

BOOST_AUTO_TEST_CASE(a_source_is_drawn_as_its_newest_plan_says) {
    addSource("a")->video.offer(frameAt(readTime(0)));
    auto label = std::make_shared<Overlay>();
    plan.sources[0].orientation = {.quarterTurns = 3, .mirrored = true};
    plan.sources[0].labels.fill(label);
    tick(1);
    BOOST_TEST((compositor->layers.at(0).orientation == plan.sources[0].orientation));
    BOOST_TEST(compositor->layers.at(0).label == label.get());
    plan.sources[0].orientation = {};
    plan.sources[0].labels.fill(nullptr);
    tick(2);
    BOOST_TEST(compositor->layers.at(0).orientation.isIdentity());
    BOOST_TEST((compositor->layers.at(0).label == nullptr));
}

BOOST_AUTO_TEST_CASE(a_view_that_nobody_receives_is_not_drawn) {
    plan.views[0].sinks.clear();
    tick(1);
    BOOST_TEST(plan.views[0].view->framesComposed.value() == 0U);
}

BOOST_AUTO_TEST_CASE(a_muted_camera_is_a_placeholder) {
    auto feed = addSource("a");
    feed->video.offer(frameAt(readTime(0)));
    plan.sources[0].videoMuted = true;
    tick(1);
    BOOST_TEST((compositor->shown.at(0) == nullptr));
    BOOST_TEST(compositor->layers.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_lost_compositor_costs_pictures_and_is_counted) {
    compositor->failing = true;
    tick(1);
    BOOST_TEST(sink->frames.empty());
    BOOST_TEST(plan.views[0].view->composeErrors.value() == 1U);
}

BOOST_AUTO_TEST_CASE(every_tick_draws_once_for_all_sinks) {
    auto other = std::make_shared<CollectingSink>();
    plan.views[0].sinks.push_back(other);
    tick(1);
    BOOST_TEST(plan.views[0].view->framesComposed.value() == 1U);
    BOOST_REQUIRE_EQUAL(other->frames.size(), 1U);
    BOOST_TEST((other->frames[0] == sink->frames[0]));
}

/// Also while the tile of a source that has left fades out.
BOOST_AUTO_TEST_CASE(sound_is_placed_where_its_source_is_seen) {
    auto left = addSource("left");
    auto right = addSource("right");
    tick(1);
    BOOST_TEST(left->treatment.place == 0);  // nobody has asked for it
    plan.views[0].placesSound = true;
    plan.views[0].scene.transition = {TransitionKind::Fade, std::chrono::seconds(1)};
    tick(2);
    BOOST_TEST(std::abs(left->treatment.place + 0.5F) < 0.01F);
    BOOST_TEST(std::abs(right->treatment.place - 0.5F) < 0.01F);
    plan.sources.pop_back();
    tick(3);
    BOOST_TEST(compositor->layers.size() == 3U);  // with two that fade out
    BOOST_TEST(std::abs(left->treatment.place) < 0.01F);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
