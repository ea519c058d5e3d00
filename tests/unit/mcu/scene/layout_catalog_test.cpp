#include "mcu/scene/layout_catalog.h"

#include <boost/test/unit_test.hpp>
#include <limits>
#include <random>
#include <set>

#include "tests/unit/mcu/scene/layout_samples.h"

namespace tessera {

namespace {

constexpr Size kCanvases[] = {{1280, 720}, {640, 360}, {1920, 1080}, {3840, 2160}, {360, 640},
                              {1024, 768}, {160, 90},  {16, 16},     {1280, 90},   {90, 1280}};

bool mayOverlap(const LayoutRow& layout) {
    return layout.name == "picture-in-picture" || layout.name == "custom";
}

bool overlaps(const Rect& a, const Rect& b) {
    return a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom();
}

/// What is wrong with the tiles; empty for nothing.
std::string faultOf(const std::vector<Tile>& tiles, Size canvas, std::span<const LayoutSource> sources) {
    std::set<int> seen;
    int z = std::numeric_limits<int>::min();
    for (const Tile& tile : tiles) {
        const Rect& r = tile.rect;
        if (tile.source < 0 || tile.source >= static_cast<int>(sources.size())) return "no such source";
        if (r.isEmpty()) return "empty";
        if (r.x % 2 != 0 || r.y % 2 != 0 || r.width % 2 != 0 || r.height % 2 != 0) return "odd";
        if (r.x < 0 || r.y < 0 || r.right() > canvas.width || r.bottom() > canvas.height) return "outside";
        if (!seen.insert(tile.source).second) return "twice";
        if (tile.z < z) return "not sorted by z";
        if (sources[static_cast<std::size_t>(tile.source)].isScreen && tile.fit != Fit::Contain)
            return "cropped screen";
        z = tile.z;
    }
    return tiles.size() > kMaximumTiles ? "too many" : "";
}

bool anyOverlap(const std::vector<Tile>& tiles) {
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        for (std::size_t k = 0; k < i; ++k) {
            if (overlaps(tiles[i].rect, tiles[k].rect)) return true;
        }
    }
    return false;
}

std::vector<LayoutSource> randomSources(std::mt19937& random, int count) {
    std::vector<LayoutSource> sources(static_cast<std::size_t>(count));
    const auto oneIn = [&](unsigned n) { return random() % n == 0; };
    for (LayoutSource& source : sources) {
        source = {oneIn(8), oneIn(2), oneIn(10), oneIn(20), oneIn(3) ? static_cast<int>(random() % 60) : -1};
    }
    return sources;
}

const LayoutRow& row(std::string_view name) {
    return *findLayout(name).value();
}

std::string fieldAtFault(std::string_view layout, const LayoutParams& params) {
    const Status status = validateLayoutParams(row(layout), params);
    return status.ok() ? "" : status.error().field;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(layout_catalog)

BOOST_AUTO_TEST_CASE(every_layout_keeps_the_contract_of_layouts_for_any_sources) {
    std::mt19937 random(20);
    for (const LayoutRow& layout : layoutCatalog()) {
        for (const LayoutSample& sample : samplesOf(layout)) {
            for (const Size canvas : kCanvases) {
                for (int count = 0; count <= 60; ++count) {
                    const auto sources = randomSources(random, count);
                    const auto tiles = place(layout, canvas, sources, sample.params);
                    BOOST_TEST_INFO(layout.name << ", " << sample.title << ", " << canvas.width << 'x' << canvas.height
                                                << ", " << count << " sources");
                    BOOST_REQUIRE_EQUAL(faultOf(tiles, canvas, sources), "");
                    BOOST_TEST_INFO(layout.name << ", " << sample.title << ", " << count << " sources");
                    BOOST_REQUIRE(mayOverlap(layout) || !anyOverlap(tiles));
                    BOOST_REQUIRE_EQUAL(tiles.empty(), count == 0);
                    BOOST_REQUIRE(tiles == place(layout, canvas, sources, sample.params));
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_layout_survives_parameters_that_were_never_validated) {
    LayoutParams wild;
    wild.columns = wild.rows = wild.small = wild.gap = std::numeric_limits<int>::max();
    wild.strip = wild.corner = "nowhere";
    wild.stripFraction = wild.insetFraction = std::numeric_limits<double>::quiet_NaN();
    wild.tiles = {{{-1, -1, 9, 9}, 0, Fit::Cover, ""}, {{wild.stripFraction, 0, 1, 1}, 0, Fit::Cover, ""}};
    LayoutParams negative = wild;
    negative.columns = negative.rows = negative.small = negative.gap = std::numeric_limits<int>::min();
    negative.stripFraction = negative.insetFraction = -1e300;
    for (const LayoutRow& layout : layoutCatalog()) {
        for (const LayoutParams& params : {wild, negative}) {
            const auto sources = people(9);
            BOOST_TEST_INFO(layout.name);
            BOOST_TEST(faultOf(place(layout, {640, 360}, sources, params), {640, 360}, sources) == "");
        }
    }
}

BOOST_AUTO_TEST_CASE(names_are_unique_and_an_unknown_one_is_answered_with_the_list) {
    std::set<std::string_view> names;
    for (const LayoutRow& layout : layoutCatalog()) {
        BOOST_TEST(names.insert(layout.name).second);
        BOOST_TEST(findLayout(layout.name).value() == &layout);
    }
    const auto unknown = findLayout("mosaic");
    BOOST_TEST((unknown.error().code == ErrorCode::NotFound));
    for (const std::string_view name : names) BOOST_TEST(unknown.error().message.find(name) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_documented_parameter_is_validated_and_its_samples_are_right) {
    for (const LayoutRow& layout : layoutCatalog()) {
        for (const LayoutSample& sample : samplesOf(layout)) {
            BOOST_TEST_INFO(layout.name << ", " << sample.title);
            BOOST_TEST(validateLayoutParams(layout, sample.params).ok());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_wrong_parameter_is_named_and_only_by_layouts_that_read_it) {
    const auto with = [](auto change) {
        LayoutParams params;
        change(params);
        return params;
    };
    const double nan = std::numeric_limits<double>::quiet_NaN();
    BOOST_TEST(fieldAtFault("grid", with([](auto& p) { p.columns = -1; })) == "columns");
    BOOST_TEST(fieldAtFault("grid", with([](auto& p) { p.rows = 50; })) == "rows");
    BOOST_TEST(fieldAtFault("grid", with([](auto& p) { p.gap = 3; })) == "gap");
    BOOST_TEST(fieldAtFault("grid", with([](auto& p) { p.gap = 66; })) == "gap");
    BOOST_TEST(fieldAtFault("one-plus-n", with([](auto& p) { p.small = 6; })) == "small");
    BOOST_TEST(fieldAtFault("speaker", with([](auto& p) { p.strip = "middle"; })) == "strip");
    BOOST_TEST(fieldAtFault("speaker", with([](auto& p) { p.stripFraction = 0.05; })) == "strip_fraction");
    BOOST_TEST(fieldAtFault("presentation", with([&](auto& p) { p.stripFraction = nan; })) == "strip_fraction");
    BOOST_TEST(fieldAtFault("picture-in-picture", with([](auto& p) { p.corner = "left"; })) == "corner");
    BOOST_TEST(fieldAtFault("picture-in-picture", with([](auto& p) { p.insetFraction = 0.6; })) == "inset_fraction");
    BOOST_TEST(fieldAtFault("single", with([](auto& p) { p.gap = 3; })) == "");
}

BOOST_AUTO_TEST_CASE(custom_rectangles_must_lie_inside_the_canvas) {
    const auto fault = [](std::vector<CustomTile> tiles) {
        LayoutParams params;
        params.tiles = std::move(tiles);
        return fieldAtFault("custom", params);
    };
    BOOST_TEST(fault({}) == "tiles");
    BOOST_TEST(fault(std::vector<CustomTile>(kMaximumTiles + 1)) == "tiles");
    BOOST_TEST(fault(std::vector<CustomTile>(kMaximumTiles)) == "");
    BOOST_TEST(fault({{{0.5, 0, 0.6, 1}, 0, Fit::Cover, ""}}) == "tiles");
    BOOST_TEST(fault({{{-0.1, 0, 0.5, 1}, 0, Fit::Cover, ""}}) == "tiles");
    BOOST_TEST(fault({{{0, 0, 0, 1}, 0, Fit::Cover, ""}}) == "tiles");
    BOOST_TEST(fault({{{0, 0, 1, std::numeric_limits<double>::quiet_NaN()}, 0, Fit::Cover, ""}}) == "tiles");
    BOOST_TEST(fault({{{2.0 / 3, 0, 1.0 / 3, 1}, 0, Fit::Cover, ""}}) == "");
    BOOST_TEST(fault({{{0, 0, 1, 1}, 1001, Fit::Cover, ""}}) == "tiles");
    BOOST_TEST(fault({{{0, 0, 1, 1}, std::numeric_limits<int>::min(), Fit::Cover, ""}}) == "tiles");
    BOOST_TEST(fault({{{0, 0, 1, 1}, 0, Fit::Cover, "../etc"}}) == "tiles");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
