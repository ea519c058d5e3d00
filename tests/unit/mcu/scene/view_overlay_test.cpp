#include "mcu/scene/view_overlay.h"

#include <boost/test/unit_test.hpp>

namespace tessera {
namespace {

constexpr Size kCanvas{1280, 720};

OverlayPtr plate(int width, int height) {
    auto overlay = std::make_shared<Overlay>();
    overlay->size = {width, height};
    return overlay;
}

MediaTime at(int ms) {
    return MediaTime(std::chrono::milliseconds(ms));
}

std::vector<PlacedOverlay> placed(const ViewOverlay& overlay, MediaTime now, Duration wall = {}) {
    std::vector<PlacedOverlay> result;
    placeOverlay(overlay, now, wall, kCanvas, result);
    return result;
}

std::string textOf(const ViewOverlay& clock, const std::vector<PlacedOverlay>& pieces) {
    std::string text;
    for (const PlacedOverlay& piece : pieces) {
        for (std::size_t i = 0; i < kClockCharacters.size(); ++i) {
            if (piece.overlay == clock.characters[i].get()) text += kClockCharacters[i];
        }
    }
    return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(view_overlay)

BOOST_AUTO_TEST_CASE(an_overlay_stands_with_its_anchor_on_its_place_on_even_pixels) {
    ViewOverlay overlay;
    overlay.plate = plate(101 / 2 * 2, 40);
    overlay.spec.place = {0.97, 0.95, 1, 1};
    overlay.spec.opacity = 0.5;
    const auto pieces = placed(overlay, at(0));
    BOOST_REQUIRE(pieces.size() == 1U);
    BOOST_TEST(pieces[0].x == 1142);  // 0.97 * 1280 - 100 = 1141.6
    BOOST_TEST(pieces[0].y == 644);
    BOOST_TEST(pieces[0].opacity == 128);
    BOOST_TEST((pieces[0].clip == Rect{1142, 644, 100, 40}));
}

BOOST_AUTO_TEST_CASE(what_lies_beyond_the_canvas_is_clipped) {
    ViewOverlay overlay;
    overlay.plate = plate(200, 100);
    overlay.spec.place = {0, 0, 0.5, 0.5};
    BOOST_TEST((placed(overlay, at(0))[0].clip == Rect{0, 0, 100, 50}));
    BOOST_TEST(placed(overlay, at(0))[0].x == -100);
    overlay.spec.place = {1, 0, 0, 0};
    BOOST_TEST(placed(overlay, at(0)).empty());
}

BOOST_AUTO_TEST_CASE(it_is_shown_from_its_first_to_before_its_last_moment) {
    ViewOverlay overlay;
    overlay.plate = plate(20, 20);
    overlay.spec.fromMs = 1000;
    overlay.spec.untilMs = 2000;
    BOOST_TEST(placed(overlay, at(999)).empty());
    BOOST_TEST(placed(overlay, at(1000)).size() == 1U);
    BOOST_TEST(placed(overlay, at(1999)).size() == 1U);
    BOOST_TEST(placed(overlay, at(2000)).empty());
}

BOOST_AUTO_TEST_CASE(a_ticker_runs_through_its_band_and_enters_again) {
    ViewOverlay ticker;
    ticker.spec.kind = OverlayKind::Ticker;
    ticker.spec.place = {0.5, 1, 0.5, 1};
    ticker.spec.speed = 0.1;  // 128 pixels a second
    ticker.plate = plate(1280, 50);
    ticker.strip = plate(640, 40);
    const auto stripX = [&](int ms) { return placed(ticker, at(ms))[1].x; };
    BOOST_TEST(stripX(0) == 1280);
    BOOST_TEST(stripX(1000) == 1152);
    BOOST_TEST(stripX(14'990) == -638);
    BOOST_TEST(stripX(15'000) == 1280);
    BOOST_TEST(stripX(15'100) == 1280 - 12);
    BOOST_TEST((placed(ticker, at(0))[1].clip == Rect{0, 670, 1280, 50}));
    for (int ms = 0; ms < 16'000; ms += 33) BOOST_REQUIRE(stripX(ms) % 2 == 0);
    ticker.spec.fromMs = 5000;
    BOOST_TEST(stripX(5000) == 1280);
}

BOOST_AUTO_TEST_CASE(a_clock_shows_the_time_of_day_or_of_the_meeting) {
    ViewOverlay clock;
    clock.spec.kind = OverlayKind::Clock;
    clock.plate = plate(200, 40);
    for (auto& character : clock.characters) character = plate(20, 40);
    const Duration wall = std::chrono::hours(24 * 20'000 + 23) + std::chrono::minutes(59) + std::chrono::seconds(7);
    BOOST_TEST(textOf(clock, placed(clock, at(3'723'400), wall)) == "23:59:07");
    clock.spec.utcOffsetMinutes = 90;
    BOOST_TEST(textOf(clock, placed(clock, at(0), wall)) == "01:29:07");
    clock.spec.isElapsed = true;
    BOOST_TEST(textOf(clock, placed(clock, at(3'723'400), wall)) == "01:02:03");
    const auto pieces = placed(clock, at(0));
    BOOST_REQUIRE(pieces.size() == 9U);
    BOOST_TEST(pieces[1].x - pieces[0].x == 20);
    BOOST_TEST(pieces[2].x - pieces[1].x == 20);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
