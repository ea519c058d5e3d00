#include "mcu/video/picture_placement.h"

#include <boost/test/unit_test.hpp>
#include <random>

namespace tessera {
namespace {

/// Luma samples cut off before and after what is shown.
std::pair<double, double> cropOf(const AxisCrop& axis) {
    const auto denominator = static_cast<double>(axis.ratioDenominator);
    const double before = static_cast<double>(axis.offset) / (2 * denominator);
    const double shown = axis.targetLength * static_cast<double>(axis.ratioNumerator) / denominator;
    return {before, axis.sourceLength - before - shown};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(picture_placement)

BOOST_AUTO_TEST_CASE(contain_shows_the_whole_picture_between_equal_bars) {
    BOOST_TEST((placePicture({640, 480}, {10, 20, 640, 360}, Fit::Contain).rect == Rect{90, 20, 480, 360}));
    BOOST_TEST((placePicture({1920, 1080}, {0, 0, 400, 400}, Fit::Contain).rect == Rect{0, 86, 400, 226}));
    BOOST_TEST((placePicture({360, 640}, {0, 0, 640, 360}, Fit::Contain).rect == Rect{218, 0, 202, 360}));
    BOOST_TEST((placePicture({320, 180}, {4, 6, 1280, 720}, Fit::Contain).rect == Rect{4, 6, 1280, 720}));
    BOOST_TEST((placePicture({4000, 16}, {0, 0, 64, 64}, Fit::Contain).rect == Rect{0, 30, 64, 2}));
}

BOOST_AUTO_TEST_CASE(contain_stays_even_and_inside_the_tile_and_keeps_the_shape) {
    std::mt19937 random(3);
    const auto number = [&random](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
    for (int round = 0; round < 5000; ++round) {
        const Size source{number(16, 2000), number(16, 2000)};
        const Rect tile{2 * number(0, 50), 2 * number(0, 50), 2 * number(1, 900), 2 * number(1, 900)};
        const Rect rect = placePicture(source, tile, Fit::Contain).rect;
        BOOST_REQUIRE((rect.x % 2 == 0 && rect.y % 2 == 0 && rect.width % 2 == 0 && rect.height % 2 == 0));
        BOOST_REQUIRE((rect.x >= tile.x && rect.y >= tile.y));
        BOOST_REQUIRE((rect.right() <= tile.right() && rect.bottom() <= tile.bottom()));
        BOOST_REQUIRE((rect.width == tile.width || rect.height == tile.height));
        const int unevenX = (rect.x - tile.x) - (tile.right() - rect.right());
        const int unevenY = (rect.y - tile.y) - (tile.bottom() - rect.bottom());
        BOOST_REQUIRE((std::abs(unevenX) <= 2 && std::abs(unevenY) <= 2));
        const double ideal = rect.width == tile.width
                                 ? static_cast<double>(tile.width) * source.height / source.width - rect.height
                                 : static_cast<double>(tile.height) * source.width / source.height - rect.width;
        BOOST_REQUIRE((std::abs(ideal) <= 1 || std::min(rect.width, rect.height) == 2));
    }
}

BOOST_AUTO_TEST_CASE(cover_fills_the_tile_and_crops_both_sides_by_the_same_amount) {
    std::mt19937 random(4);
    const auto number = [&random](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
    for (int round = 0; round < 5000; ++round) {
        const Size source{number(16, 2000), number(16, 2000)};
        const Rect tile{2 * number(0, 50), 2 * number(0, 50), 2 * number(1, 900), 2 * number(1, 900)};
        const PicturePlacement placed = placePicture(source, tile, Fit::Cover);
        BOOST_REQUIRE((placed.rect == tile));
        const double tolerance = placed.horizontal.ratioNumerator == placed.horizontal.ratioDenominator ? 4 : 1e-6;
        for (const AxisCrop& axis : {placed.horizontal, placed.vertical}) {
            const auto [before, after] = cropOf(axis);
            BOOST_REQUIRE(before > -1e-9);
            BOOST_REQUIRE(after > -1e-9);
            BOOST_REQUIRE(std::abs(before - after) < tolerance);
        }
        BOOST_REQUIRE((cropOf(placed.horizontal).first < 1e-9 || cropOf(placed.vertical).first < 1e-9));
    }
}

BOOST_AUTO_TEST_CASE(cover_at_one_to_one_crops_an_even_number_of_samples_so_that_nothing_is_resampled) {
    const PicturePlacement placed = placePicture({647, 360}, {0, 0, 640, 360}, Fit::Cover);
    BOOST_TEST(cropOf(placed.horizontal).first == 2);
    BOOST_TEST(buildScaleTable(placed.horizontal.luma(), ScaleFilter::CatmullRom).isCopy);
    BOOST_TEST(buildScaleTable(placed.horizontal.luma(), ScaleFilter::CatmullRom).sourceBegin == 2);
    BOOST_TEST(buildScaleTable(placed.horizontal.horizontalChroma(), ScaleFilter::CatmullRom).isCopy);
    BOOST_TEST(buildScaleTable(placed.horizontal.horizontalChroma(), ScaleFilter::CatmullRom).sourceBegin == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
