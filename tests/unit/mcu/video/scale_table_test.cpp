#include "mcu/video/scale_table.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <numeric>
#include <random>

#include "mcu/video/picture_placement.h"
#include "mcu/video/scale_table_cache.h"

namespace tessera {
namespace {

constexpr ScaleFilter kFilters[] = {ScaleFilter::CatmullRom, ScaleFilter::Area, ScaleFilter::Bilinear};

AxisMapping wholeAxis(int source, int target) {
    return AxisCrop{source, target, source, target, 0, 0}.luma();
}

AxisMapping halvedAsNeeded(AxisMapping mapping) {
    while (mapping.needsHalving()) mapping = mapping.halved();
    return mapping;
}

std::vector<int> weightsOf(const ScaleTable& table, int output) {
    const auto begin = table.weights.begin() + output * table.taps;
    return {begin, begin + table.taps};
}

void checkRules(const AxisMapping& mapping, const ScaleTable& table) {
    BOOST_REQUIRE(table.targetLength() == mapping.targetLength);
    BOOST_REQUIRE(table.taps <= kMaximumTaps);
    for (int i = 0; i < table.targetLength(); ++i) {
        const auto weights = weightsOf(table, i);
        const auto positive = std::accumulate(weights.begin(), weights.end(), 0,
                                              [](int sum, int weight) { return sum + std::max(weight, 0); });
        const int first = table.first[static_cast<std::size_t>(i)];
        BOOST_REQUIRE(std::accumulate(weights.begin(), weights.end(), 0) == kWeightOne);
        BOOST_REQUIRE(positive <= 160);
        BOOST_REQUIRE((*std::min_element(weights.begin(), weights.end()) >= -16));
        BOOST_REQUIRE((*std::max_element(weights.begin(), weights.end()) <= 140));
        BOOST_REQUIRE(first >= table.sourceBegin);
        BOOST_REQUIRE(first + table.taps <= table.sourceEnd);
    }
    BOOST_REQUIRE(table.sourceBegin >= 0);
    BOOST_REQUIRE(table.sourceEnd <= mapping.sourceLength);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scale_table)

BOOST_AUTO_TEST_CASE(weights_sum_to_one_and_stay_inside_the_plane_for_every_size_pair) {
    for (const ScaleFilter filter : kFilters) {
        for (int source = 1; source <= 130; source += 3) {
            for (int target = 1; target <= 130; ++target) {
                const AxisMapping mapping = halvedAsNeeded(wholeAxis(source, target));
                checkRules(mapping, buildScaleTable(mapping, filter));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(weights_keep_their_rules_for_crops_and_chroma_of_large_pictures) {
    std::mt19937 random(7);
    const auto number = [&random](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
    for (int round = 0; round < 300; ++round) {
        const Size source{number(16, 4096), number(16, 2304)};
        const Rect tile{0, 0, 2 * number(1, 1920), 2 * number(1, 1080)};
        const PicturePlacement placed = placePicture(source, tile, round % 2 == 0 ? Fit::Cover : Fit::Contain);
        for (const AxisMapping& axis : {placed.horizontal.luma(), placed.horizontal.horizontalChroma(),
                                        placed.vertical.luma(), placed.vertical.verticalChroma()}) {
            const AxisMapping mapping = halvedAsNeeded(axis);
            checkRules(mapping, buildScaleTable(mapping, kFilters[round % 3]));
        }
    }
}

BOOST_AUTO_TEST_CASE(one_to_one_is_a_copy_with_every_filter) {
    for (const ScaleFilter filter : kFilters) {
        const ScaleTable table = buildScaleTable(wholeAxis(33, 33), filter);
        BOOST_TEST(table.isCopy);
        BOOST_TEST(table.taps == 1);
        BOOST_TEST(table.weights[5] == 128);
    }
}

BOOST_AUTO_TEST_CASE(two_to_one_is_a_mean_of_pairs_but_for_the_sharp_filter) {
    BOOST_TEST(buildScaleTable(wholeAxis(64, 32), ScaleFilter::Area).isHalving);
    BOOST_TEST(buildScaleTable(wholeAxis(64, 32), ScaleFilter::Bilinear).isHalving);
    BOOST_TEST(!buildScaleTable(wholeAxis(64, 32), ScaleFilter::CatmullRom).isHalving);
}

BOOST_AUTO_TEST_CASE(weights_are_those_of_the_written_rule) {
    const auto catmullRom = buildScaleTable(wholeAxis(64, 128), ScaleFilter::CatmullRom);
    BOOST_TEST(weightsOf(catmullRom, 20) == (std::vector{-3, 29, 111, -9}), boost::test_tools::per_element());
    const auto area = buildScaleTable(wholeAxis(96, 64), ScaleFilter::Area);
    BOOST_TEST(weightsOf(area, 20) == (std::vector{85, 43}), boost::test_tools::per_element());
    const auto bilinear = buildScaleTable(wholeAxis(64, 128), ScaleFilter::Bilinear);
    BOOST_TEST(weightsOf(bilinear, 21) == (std::vector{96, 32}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_lies_beyond_an_edge_counts_for_the_sample_at_the_edge) {
    const auto table = buildScaleTable(wholeAxis(64, 128), ScaleFilter::CatmullRom);
    BOOST_TEST(table.first[0] == 0);
    BOOST_TEST(weightsOf(table, 0) == (std::vector{137, -9, 0, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(left_sited_chroma_begins_on_the_first_sample_and_lags_by_a_quarter_of_the_ratio) {
    const AxisCrop left{128, 64, 2, 1, 0, 0}, midway{128, 64, 2, 1, 0, 1};
    const AxisMapping horizontal = left.horizontalChroma(), vertical = midway.verticalChroma();
    BOOST_TEST(static_cast<double>(horizontal.origin) / 4 == 0.25);
    BOOST_TEST(static_cast<double>(vertical.origin) / 4 == 0.5);
    const auto table = buildScaleTable(horizontal, ScaleFilter::Area);
    BOOST_TEST(weightsOf(table, 5) == (std::vector{16, 64, 48}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_table_is_built_once_for_equal_axes) {
    ScaleTableCache cache;
    cache.startFrame();
    const ScaleTable* first = cache.find(wholeAxis(640, 426), ScaleFilter::Area).table;
    cache.startFrame();
    BOOST_TEST(cache.find(wholeAxis(640, 426), ScaleFilter::Area).table == first);
    BOOST_TEST(cache.builtTables() == 1U);
    BOOST_TEST(cache.find(wholeAxis(641, 426), ScaleFilter::Area).table != first);
    BOOST_TEST(cache.builtTables() == 2U);
}

BOOST_AUTO_TEST_CASE(the_cache_is_bounded_and_keeps_what_is_in_use) {
    ScaleTableCache cache;
    for (int i = 0; i < 3 * static_cast<int>(ScaleTableCache::kCapacity); ++i) {
        cache.startFrame();
        cache.find(wholeAxis(40, 20), ScaleFilter::Area);
        cache.find(wholeAxis(40 + i, 2), ScaleFilter::Area);
    }
    const auto built = cache.builtTables();
    cache.startFrame();
    cache.find(wholeAxis(40, 20), ScaleFilter::Area);
    BOOST_TEST(cache.builtTables() == built);
    cache.find(wholeAxis(41, 2), ScaleFilter::Area);
    BOOST_TEST(cache.builtTables() == built + 1);
}

BOOST_AUTO_TEST_CASE(a_ratio_beyond_four_asks_for_halving) {
    ScaleTableCache cache;
    BOOST_TEST(cache.find(wholeAxis(400, 100), ScaleFilter::Area).halvings == 0);
    BOOST_TEST(cache.find(wholeAxis(401, 100), ScaleFilter::Area).halvings == 1);
    BOOST_TEST(cache.find(wholeAxis(1000, 20), ScaleFilter::Area).halvings == 4);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
