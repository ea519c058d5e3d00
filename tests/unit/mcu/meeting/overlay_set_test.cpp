#include "mcu/meeting/overlay_set.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/fake_media.h"

namespace tessera {
namespace {

constexpr Size kCanvas{1280, 720};

OverlaySpec text(int z = 0) {
    OverlaySpec spec;
    spec.text = "Live";
    spec.z = z;
    return spec;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(overlay_set)

BOOST_AUTO_TEST_CASE(overlays_are_drawn_from_low_to_high_z_and_in_the_order_of_their_making) {
    test::FakeMediaFactory factory;
    OverlaySet overlays;
    BOOST_TEST(overlays.add(text(5), kCanvas, factory).ok());
    BOOST_TEST(overlays.add(text(-1), kCanvas, factory).ok());
    const auto last = overlays.add(text(5), kCanvas, factory);
    const auto planned = overlays.planned();
    BOOST_REQUIRE(planned.size() == 3U);
    BOOST_TEST(planned[0]->spec.z == -1);
    BOOST_TEST((overlays.all()[2].id == last->id));
    auto changed = text(9);
    changed.text = "Over";
    BOOST_TEST(overlays.update(overlays.all()[1].id, changed, kCanvas, factory).ok());
    BOOST_TEST(overlays.planned()[2]->spec.text == "Over");
    BOOST_TEST(overlays.remove(last->id).ok());
    BOOST_TEST((overlays.remove(last->id).error().code == ErrorCode::NotFound));
    BOOST_TEST((overlays.info(last->id).error().code == ErrorCode::NotFound));
}

BOOST_AUTO_TEST_CASE(a_clock_and_a_ticker_have_all_their_parts) {
    test::FakeMediaFactory factory;
    OverlaySet overlays;
    OverlaySpec clock, ticker = text();
    clock.kind = OverlayKind::Clock;
    ticker.kind = OverlayKind::Ticker;
    ticker.width = 1;
    BOOST_REQUIRE(overlays.add(clock, kCanvas, factory).ok());
    BOOST_REQUIRE(overlays.add(ticker, kCanvas, factory).ok());
    const auto planned = overlays.planned();
    for (const auto& character : planned[0]->characters) BOOST_TEST((character != nullptr));
    BOOST_TEST((planned[1]->plate->size == Size{1280, 44}));
    BOOST_TEST((planned[1]->strip != nullptr));
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_refused_and_changes_nothing) {
    test::FakeMediaFactory factory;
    OverlaySet overlays;
    const auto kept = overlays.add(text(), kCanvas, factory);
    auto wrong = text();
    wrong.text.clear();
    BOOST_TEST(overlays.update(kept->id, wrong, kCanvas, factory).error().field == "text");
    BOOST_TEST(overlays.info(kept->id)->spec.text == "Live");
    wrong = text();
    wrong.fromMs = 10;
    wrong.untilMs = 10;
    BOOST_TEST(overlays.add(wrong, kCanvas, factory).error().field == "until_ms");
    wrong = text();
    wrong.kind = OverlayKind::Image;
    BOOST_TEST(overlays.add(wrong, kCanvas, factory).error().field == "image");
    wrong.image = "missing.png";
    BOOST_TEST((overlays.add(wrong, kCanvas, factory).error().code == ErrorCode::NotFound));
    while (overlays.all().size() < OverlaySet::kMost) BOOST_REQUIRE(overlays.add(text(), kCanvas, factory).ok());
    BOOST_TEST((overlays.add(text(), kCanvas, factory).error().code == ErrorCode::Capacity));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
