#include <boost/test/unit_test.hpp>

#include "tests/unit/mcu/scene/layout_samples.h"

namespace tessera {

namespace {

constexpr Size kHd{1280, 720};

/// The source on the largest tile.
int largest(const std::vector<Tile>& tiles) {
    const auto area = [](const Tile& tile) { return tile.rect.width * tile.rect.height; };
    return std::max_element(tiles.begin(), tiles.end(), [&](const Tile& a, const Tile& b) { return area(a) < area(b); })
        ->source;
}

bool shows(const std::vector<Tile>& tiles, int source) {
    return std::any_of(tiles.begin(), tiles.end(), [&](const Tile& tile) { return tile.source == source; });
}

std::vector<LayoutSource> cameras(int count) {
    auto sources = people(count);
    for (LayoutSource& source : sources) source.speakerRank = -1;
    return sources;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(layouts)

BOOST_AUTO_TEST_CASE(spotlight_wins_over_pin_over_active_speaker_over_stage_order) {
    for (const char* layout : {"speaker", "one-plus-n", "single", "picture-in-picture", "presentation"}) {
        auto sources = cameras(6);
        BOOST_TEST_INFO(layout);
        BOOST_TEST(largest(place(layout, kHd, sources)) == 0);
        sources[1].speakerRank = 1;
        sources[2].speakerRank = 0;
        BOOST_TEST(largest(place(layout, kHd, sources)) == 2);
        sources[3].pinned = true;
        BOOST_TEST(largest(place(layout, kHd, sources)) == 3);
        sources[5].spotlight = true;
        BOOST_TEST(largest(place(layout, kHd, sources)) == 5);
    }
}

BOOST_AUTO_TEST_CASE(grid_finds_the_columns_that_make_16_9_tiles_largest) {
    for (const Size canvas : {kHd, Size{360, 640}, Size{1024, 768}, Size{1280, 200}}) {
        for (int count = 1; count <= kMaximumTiles; ++count) {
            double best = 0;
            for (int columns = 1; columns <= count; ++columns) {
                const int rows = (count + columns - 1) / columns;
                const double width = std::min((canvas.width - 4.0 * (columns - 1)) / columns,
                                              (canvas.height - 4.0 * (rows - 1)) / rows * 16 / 9);
                best = std::max(best, width * width * 9 / 16);
            }
            const Rect rect = place("grid", canvas, cameras(count)).front().rect;
            BOOST_TEST_INFO(canvas.width << 'x' << canvas.height << ", " << count << " sources");
            BOOST_TEST((rect.width + 4) * (rect.height + 2) >= best);  // sides are even, and one follows from the other
            BOOST_TEST(rect.width * 9.0 / (rect.height * 16.0) == 1.0, boost::test_tools::tolerance(0.07));
        }
    }
}

BOOST_AUTO_TEST_CASE(grid_centres_the_last_row) {
    const auto tiles = place("grid", kHd, cameras(5));
    BOOST_REQUIRE_EQUAL(tiles.size(), 5U);
    BOOST_TEST(tiles[3].rect.y == tiles[4].rect.y);
    BOOST_TEST(tiles[3].rect.y > tiles[2].rect.y);
    BOOST_TEST(std::abs(tiles[3].rect.x - (1280 - tiles[4].rect.right())) <= 2);
}

BOOST_AUTO_TEST_CASE(grid_with_too_little_room_shows_who_matters_and_moves_nobody) {
    auto sources = cameras(kMaximumTiles + 20);
    sources[60].speakerRank = 0;
    sources[61].isScreen = true;
    const auto tiles = place("grid", kHd, sources);
    BOOST_REQUIRE_EQUAL(tiles.size(), static_cast<std::size_t>(kMaximumTiles));
    BOOST_TEST(shows(tiles, 60));
    BOOST_TEST(shows(tiles, 61));
    BOOST_TEST(shows(tiles, 46));
    BOOST_TEST(!shows(tiles, 47));
    BOOST_TEST(std::is_sorted(tiles.begin(), tiles.end(), [](auto& a, auto& b) { return a.source < b.source; }));

    LayoutParams params;
    params.columns = params.rows = 2;
    const auto four = place("grid", kHd, sources, params);
    BOOST_REQUIRE_EQUAL(four.size(), 4U);
    BOOST_TEST(shows(four, 1));
    BOOST_TEST(shows(four, 60));
}

BOOST_AUTO_TEST_CASE(presentation_shows_the_screen_large_whole_and_people_beside_it) {
    auto sources = cameras(5);
    sources[3].isScreen = true;
    sources[1].spotlight = true;
    const auto tiles = place("presentation", kHd, sources);
    BOOST_TEST(tiles.size() == 5U);
    BOOST_TEST(largest(tiles) == 3);
    BOOST_TEST((tiles.front().fit == Fit::Contain));
    for (std::size_t i = 1; i < tiles.size(); ++i) BOOST_TEST(tiles[i].rect.y >= tiles.front().rect.bottom());
}

BOOST_AUTO_TEST_CASE(presentation_without_a_screen_is_speaker) {
    for (int count = 0; count <= 50; ++count) {
        const auto sources = people(count);
        BOOST_TEST((place("presentation", kHd, sources) == place("speaker", kHd, sources)));
    }
}

BOOST_AUTO_TEST_CASE(one_plus_n_has_room_for_its_number_and_keeps_tiles_in_place) {
    for (const int small : {5, 7, 12}) {
        LayoutParams params;
        params.small = small;
        const auto full = place("one-plus-n", kHd, cameras(30), params);
        const auto part = place("one-plus-n", kHd, cameras(4), params);
        BOOST_TEST(full.size() == static_cast<std::size_t>(small + 1));
        BOOST_TEST(part.size() == 4U);
        for (std::size_t i = 0; i < part.size(); ++i) BOOST_TEST((part[i].rect == full[i].rect));
    }
}

BOOST_AUTO_TEST_CASE(picture_in_picture_puts_a_screen_behind_and_the_speaker_in_front) {
    auto sources = people(4, true);
    const auto tiles = place("picture-in-picture", kHd, sources);
    BOOST_REQUIRE_EQUAL(tiles.size(), 2U);
    BOOST_TEST(tiles[0].source == 3);
    BOOST_TEST(tiles[1].source == 2);
    BOOST_TEST(tiles[1].rect.right() == 1260);
    BOOST_TEST(tiles[1].rect.bottom() == 700);
    BOOST_TEST(tiles[1].z > tiles[0].z);
}

BOOST_AUTO_TEST_CASE(side_by_side_stacks_on_an_upright_canvas) {
    const auto wide = place("side-by-side", kHd, cameras(2));
    BOOST_TEST((wide[0].rect == Rect{0, 0, 638, 720}));
    BOOST_TEST((wide[1].rect == Rect{642, 0, 638, 720}));
    const auto upright = place("side-by-side", {720, 1280}, cameras(2));
    BOOST_TEST((upright[0].rect == Rect{0, 0, 720, 638}));
    BOOST_TEST((upright[1].rect == Rect{0, 642, 720, 638}));
}

BOOST_AUTO_TEST_CASE(custom_rectangles_that_touch_as_fractions_touch_as_pixels) {
    LayoutParams params;
    for (int i = 0; i < 7; ++i) params.tiles.push_back({{i / 7.0, 0, 1 / 7.0, 1}, 0, Fit::Cover, ""});
    const auto tiles = place("custom", kHd, cameras(7), params);
    BOOST_REQUIRE_EQUAL(tiles.size(), 7U);
    for (std::size_t i = 1; i < 7; ++i) BOOST_TEST(tiles[i].rect.x == tiles[i - 1].rect.right());
    BOOST_TEST(tiles.back().rect.right() == 1280);
}

BOOST_AUTO_TEST_CASE(custom_draws_by_depth_and_equal_depths_in_order) {
    LayoutParams params;
    params.tiles = sampleTiles();
    const auto tiles = place("custom", kHd, cameras(5), params);
    BOOST_REQUIRE_EQUAL(tiles.size(), 5U);
    const int wanted[] = {4, 0, 1, 3, 2};
    for (std::size_t i = 0; i < 5; ++i) BOOST_TEST(tiles[i].source == wanted[i]);
}

BOOST_AUTO_TEST_CASE(a_layout_reuses_the_callers_vector) {
    std::vector<Tile> tiles;
    const auto sources = people(kMaximumTiles);
    const std::vector<int> none;
    for (const LayoutRow& layout : layoutCatalog()) layout.place(kHd, sources, {}, none, tiles);
    tiles.reserve(kMaximumTiles);
    const Tile* storage = tiles.data();
    for (const LayoutRow& layout : layoutCatalog()) layout.place(kHd, sources, {}, none, tiles);
    BOOST_TEST(tiles.data() == storage);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
