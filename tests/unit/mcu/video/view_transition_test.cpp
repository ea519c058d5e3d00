#include "mcu/video/view_transition.h"

#include <boost/test/unit_test.hpp>

namespace tessera {
namespace {

constexpr Size kCanvas{640, 360};
constexpr Rect kLeft{0, 0, 320, 180};
constexpr Rect kRight{320, 180, 320, 180};

FramePtr picture() {
    auto frame = std::make_shared<VideoFrame>();
    frame->size = {64, 36};
    return frame;
}

/// Who is there, and where the scene wants them.
struct Stage {
    std::vector<StageSource> sources;
    std::vector<FramePtr> frames;
    Composition composition;

    void add(std::string_view id, const Rect& rect, FramePtr frame) {
        StageSource source;
        source.id = id;
        source.traits.hasVideo = true;
        Layer layer;
        layer.source = static_cast<int>(sources.size());
        layer.rect = rect;
        layer.cornerRadius = 16;
        composition.canvas = kCanvas;
        composition.layers.push_back(layer);
        sources.push_back(source);
        frames.push_back(std::move(frame));
    }
};

struct Fixture {
    explicit Fixture(TransitionKind kind) { spec.kind = kind; }

    Stage& show(int ms, Stage& stage) {
        transition.apply(spec, MediaTime(std::chrono::milliseconds(ms)), stage.sources, stage.frames,
                         stage.composition);
        return stage;
    }
    SceneTransition spec{TransitionKind::Cut, std::chrono::milliseconds(400)};
    ViewTransition transition;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(view_transition)

BOOST_AUTO_TEST_CASE(rectangles_on_their_way_are_even_and_end_where_they_shall) {
    const Rect a{2, 4, 100, 60}, b{500, 300, 16, 10};
    BOOST_TEST((rectBetween(a, b, 0) == a));
    BOOST_TEST((rectBetween(a, b, 1) == b));
    for (int i = 0; i <= 100; ++i) {
        const Rect rect = rectBetween(a, b, easeInOut(i / 100.0));
        BOOST_REQUIRE(((rect.x | rect.y | rect.width | rect.height) & 1) == 0);
        BOOST_REQUIRE((rect.width >= 16 && rect.width <= 100 && rect.height >= 10 && rect.height <= 60));
    }
}

BOOST_AUTO_TEST_CASE(a_cut_is_done_at_once) {
    Fixture fixture(TransitionKind::Cut);
    Stage before, after;
    before.add("a", kLeft, picture());
    after.add("b", kLeft, picture());
    fixture.show(0, before);
    fixture.show(40, after);
    BOOST_TEST(after.composition.layers.size() == 1U);
    BOOST_TEST(after.composition.layers[0].opacity == kOpaque);
    BOOST_TEST(!fixture.transition.isRunning());
}

BOOST_AUTO_TEST_CASE(a_source_that_takes_the_place_of_another_is_crossfaded_with_it) {
    Fixture fixture(TransitionKind::Fade);
    const FramePtr gone = picture();
    Stage before;
    before.add("a", kLeft, gone);
    fixture.show(0, before);
    Stage during;
    during.add("b", kLeft, picture());
    fixture.show(40, during);
    Stage half;
    half.add("b", kLeft, picture());
    fixture.show(240, half);
    const auto& layers = half.composition.layers;
    BOOST_REQUIRE(layers.size() == 2U);
    BOOST_TEST(layers[0].opacity == kOpaque);
    BOOST_TEST((half.frames[static_cast<std::size_t>(layers[0].source)] == gone));
    BOOST_TEST(layers[1].opacity == 128);
    BOOST_TEST(layers[1].source == 0);
    Stage end;
    end.add("b", kLeft, picture());
    fixture.show(440, end);
    BOOST_TEST(end.composition.layers.size() == 1U);
    BOOST_TEST(end.composition.layers[0].opacity == kOpaque);
    BOOST_TEST(end.frames.size() == 1U);
    BOOST_TEST(!fixture.transition.isRunning());
}

BOOST_AUTO_TEST_CASE(a_source_that_stays_moves_and_one_that_leaves_fades_out) {
    Fixture fixture(TransitionKind::Move);
    Stage before;
    before.add("a", kLeft, picture());
    before.add("b", kRight, picture());
    fixture.show(0, before);
    const auto asked = [] {
        Stage stage;
        stage.add("b", {0, 0, 640, 360}, picture());
        return stage;
    };
    Stage begin = asked();
    fixture.show(100, begin);
    BOOST_REQUIRE(begin.composition.layers.size() == 2U);
    BOOST_TEST(begin.composition.layers[0].opacity == kOpaque);
    BOOST_TEST((begin.composition.layers[1].rect == kRight));
    Stage half = asked();
    fixture.show(300, half);
    BOOST_TEST(half.composition.layers[0].opacity == 223);  // fades late: 255 * (1 - 1/8)
    BOOST_TEST((half.composition.layers[1].rect == Rect{160, 90, 480, 270}));
    BOOST_TEST(half.composition.layers[1].opacity == kOpaque);
    BOOST_TEST((half.composition.layers[1].filter == ScaleFilter::Area));
    Stage end = asked();
    fixture.show(500, end);
    BOOST_REQUIRE(end.composition.layers.size() == 1U);
    BOOST_TEST((end.composition.layers[0].rect == Rect{0, 0, 640, 360}));
    BOOST_TEST((end.composition.layers[0].filter == ScaleFilter::CatmullRom));
}

BOOST_AUTO_TEST_CASE(names_on_the_way_suit_the_size_that_their_tile_has_then) {
    Fixture fixture(TransitionKind::Move);
    std::array<OverlayPtr, kTileScales> labels;
    for (const TileScale scale : kEveryTileScale) {
        auto label = std::make_shared<Overlay>();
        label->size = {labelMaxWidth(scale), labelHeight(scale)};
        labels[static_cast<std::size_t>(scale)] = label;
    }
    const auto labelAt = [&](int ms, const Rect& asked) {
        Stage stage;
        stage.add("a", asked, picture());
        stage.sources[0].labels = labels;
        dressLayer(stage.sources[0], true, stage.composition.layers[0]);
        return fixture.show(ms, stage).composition.layers[0].label;
    };
    const Rect small{0, 0, 160, 90}, large{0, 0, 640, 360};
    BOOST_TEST(labelAt(0, small) == labels[static_cast<std::size_t>(TileScale::Tiny)].get());
    BOOST_TEST(labelAt(0, large) == labels[static_cast<std::size_t>(TileScale::Tiny)].get());
    BOOST_TEST(labelAt(150, large) == labels[static_cast<std::size_t>(TileScale::Small)].get());
    BOOST_TEST(labelAt(400, large) == labels[static_cast<std::size_t>(TileScale::Medium)].get());
}

BOOST_AUTO_TEST_CASE(a_change_on_the_way_begins_from_what_is_shown) {
    Fixture fixture(TransitionKind::Move);
    Stage first, second, half, back;
    first.add("a", {0, 0, 320, 180}, picture());
    fixture.show(0, first);
    second.add("a", {320, 180, 320, 180}, picture());
    fixture.show(0, second);
    half.add("a", {320, 180, 320, 180}, picture());
    fixture.show(200, half);
    BOOST_TEST((half.composition.layers[0].rect == Rect{160, 90, 320, 180}));
    back.add("a", {0, 0, 320, 180}, picture());
    fixture.show(240, back);
    BOOST_TEST((back.composition.layers[0].rect == Rect{160, 90, 320, 180}));
    BOOST_TEST((back.composition.layers[0].filter == ScaleFilter::CatmullRom));
}

BOOST_AUTO_TEST_CASE(another_canvas_is_shown_at_once) {
    Fixture fixture(TransitionKind::Move);
    Stage before, after;
    before.add("a", kLeft, picture());
    after.add("a", kRight, picture());
    after.composition.canvas = {1280, 720};
    fixture.show(0, before);
    fixture.show(40, after);
    BOOST_TEST((after.composition.layers[0].rect == kRight));
    BOOST_TEST(!fixture.transition.isRunning());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
