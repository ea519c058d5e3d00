#include "mcu/video/damage.h"

#include <boost/test/unit_test.hpp>
#include <deque>

#include "mcu/video/compositor.h"

#include "tests/conformance/compositor_conformance.h"

namespace tessera {
namespace {

DrawnItem tile(Rect rect, std::uint64_t picture) {
    DrawnItem item;
    item.rect = rect;
    item.picture = picture;
    return item;
}

DrawnPicture slideWithCamera(std::uint64_t slide, std::uint64_t camera) {
    DrawnPicture picture;
    picture.items = {tile({0, 0, 1280, 720}, slide), tile({1000, 500, 256, 144}, camera)};
    return picture;
}

/// Lets one thing of the scene change, or nothing: what happens from one tick to the next.
class ChangingScene {
public:
    explicit ChangingScene(std::uint32_t seed) : random_(seed), scene_(seed) {}

    const Composition& composition() const { return scene_.composition; }
    const std::vector<FramePtr>& frames() const { return scene_.frames; }

    void change() {
        for (int i = number(0, 2); i > 0; --i) changeOnce();
    }

private:
    int number(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
    Layer& anyLayer() {
        auto& layers = scene_.composition.layers;
        return layers[static_cast<std::size_t>(number(0, static_cast<int>(layers.size()) - 1))];
    }

    void changeOnce() {
        auto& layers = scene_.composition.layers;
        auto& overlays = scene_.composition.overlays;
        const RandomFrames other(number(1, 1'000'000));
        switch (number(0, 12)) {
            case 0:
            case 1:
            case 2:
                scene_.frames[static_cast<std::size_t>(number(0, static_cast<int>(scene_.frames.size()) - 1))] =
                    other.frame();
                break;
            case 3: move(anyLayer()); break;
            case 4: anyLayer().opacity = number(0, 2) * 127 + 1; break;
            case 5: std::swap(anyLayer(), anyLayer()); break;
            case 6: anyLayer().level = number(0, 256); break;
            case 7: anyLayer().label = nullptr; break;
            case 8: anyLayer().border = 2 * number(0, 4); break;
            case 9: scene_.composition.background.y = static_cast<std::uint8_t>(number(0, 255)); break;
            case 10:
                if (layers.size() > 1) layers.erase(layers.begin() + number(0, static_cast<int>(layers.size()) - 1));
                break;
            case 11: layers.push_back(anyLayer()); break;
            default:
                if (!overlays.empty()) overlays.front().x += 2 * number(-3, 3);
        }
    }

    void move(Layer& layer) {
        const Size canvas = scene_.composition.canvas;
        layer.rect.x = 2 * number(0, (canvas.width - layer.rect.width) / 2);
        layer.rect.y = 2 * number(0, (canvas.height - layer.rect.height) / 2);
    }

    struct RandomFrames {
        explicit RandomFrames(int seed) : scene(static_cast<std::uint32_t>(seed)) {}
        FramePtr frame() const { return scene.frames.front(); }
        conformance::RandomScene scene;
    };

    std::mt19937 random_;
    conformance::RandomScene scene_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(damage)

BOOST_AUTO_TEST_CASE(sequences_drawn_with_damage_equal_those_drawn_without_byte_for_byte) {
    for (std::uint32_t seed = 1; seed <= 60; ++seed) {
        ChangingScene scene(seed);
        const auto compositor = createCpuCompositor();
        std::deque<FramePtr> held;
        for (int tick = 0; tick < 30; ++tick) {
            const auto drawn = *compositor->compose(scene.composition(), scene.frames(), MediaTime{});
            const auto fresh = *createCpuCompositor()->compose(scene.composition(), scene.frames(), MediaTime{});
            const auto found = conformance::difference(*fresh, *drawn);
            BOOST_REQUIRE_MESSAGE(!found, "seed " << seed << " tick " << tick << ": " << found.value_or(""));
            held.push_back(drawn);
            while (held.size() > (seed + static_cast<std::uint32_t>(tick) / 7) % 4) held.pop_front();
            scene.change();
        }
    }
}

BOOST_AUTO_TEST_CASE(nothing_is_drawn_when_nothing_changed) {
    Damage damage;
    const DrawnPicture picture = slideWithCamera(1, 2);
    damage.find({1280, 720}, &picture, picture);
    BOOST_TEST(damage.area().empty());
    BOOST_TEST(damage.boxes(0).empty());
    BOOST_TEST(damage.boxes(1).empty());
}

BOOST_AUTO_TEST_CASE(a_camera_over_a_slide_is_drawn_without_the_slide) {
    Damage damage;
    const DrawnPicture before = slideWithCamera(1, 2), now = slideWithCamera(1, 3);
    damage.find({1280, 720}, &before, now);
    BOOST_TEST(damage.boxes(0).empty());
    BOOST_REQUIRE(damage.boxes(1).size() == 1U);
    BOOST_TEST((damage.boxes(1)[0] == now.items[1].rect));
}

BOOST_AUTO_TEST_CASE(a_see_through_camera_is_drawn_with_the_part_of_the_slide_under_it) {
    Damage damage;
    DrawnPicture before = slideWithCamera(1, 2), now = slideWithCamera(1, 3);
    before.items[1].opacity = now.items[1].opacity = 200;
    damage.find({1280, 720}, &before, now);
    BOOST_REQUIRE(damage.boxes(0).size() == 1U);
    BOOST_TEST((damage.boxes(0)[0] == Rect{992, 480, 288, 192}));
    BOOST_TEST(damage.boxes(1).size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_an_opaque_tile_hides_is_not_drawn) {
    Damage damage;
    DrawnPicture picture;
    picture.items = {tile({10, 10, 100, 100}, 1), tile({0, 0, 200, 60}, 2), tile({0, 60, 200, 60}, 3)};
    damage.find({200, 120}, nullptr, picture);
    BOOST_TEST(damage.boxes(0).empty());
    BOOST_TEST(damage.boxes(1).size() == 1U);
    BOOST_TEST(damage.boxes(2).size() == 1U);
    DrawnPicture now = picture;
    now.items[0].picture = 9;
    damage.find({200, 120}, &picture, now);
    BOOST_TEST(damage.area().empty());
}

BOOST_AUTO_TEST_CASE(a_tile_that_left_uncovers_what_was_under_it) {
    Damage damage;
    const DrawnPicture before = slideWithCamera(1, 2);
    DrawnPicture now = before;
    now.items.pop_back();
    damage.find({1280, 720}, &before, now);
    BOOST_REQUIRE(damage.boxes(0).size() == 1U);
    BOOST_TEST((damage.boxes(0)[0] == Rect{992, 480, 288, 192}));
}

BOOST_AUTO_TEST_CASE(an_unchanged_picture_is_repeated_with_a_new_time) {
    const auto compositor = createCpuCompositor();
    const conformance::RandomScene scene(5);
    const auto first = *compositor->compose(scene.composition, scene.frames, MediaTime(std::chrono::seconds(1)));
    const auto again = *compositor->compose(scene.composition, scene.frames, MediaTime(std::chrono::seconds(2)));
    BOOST_TEST(again->id == first->id);
    BOOST_TEST(again->planes[0].data == first->planes[0].data);
    BOOST_TEST((again->pts == MediaTime(std::chrono::seconds(2))));
    BOOST_TEST((first->pts == MediaTime(std::chrono::seconds(1))));
    const auto drawn = compositor->stats().layersDrawn;
    BOOST_TEST(compositor->stats().layersKept >= scene.composition.layers.size());
    Composition brighter = scene.composition;
    brighter.background.y = static_cast<std::uint8_t>(brighter.background.y + 1);
    BOOST_TEST((*compositor->compose(brighter, scene.frames, MediaTime{}))->id != first->id);
    BOOST_TEST(compositor->stats().layersDrawn > drawn);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
