#include "pipelines/raster/overlay_conversion.h"

#include <boost/test/unit_test.hpp>

namespace tessera {

namespace {

OverlayPtr filled(std::uint32_t pixel, Size size = {4, 4}) {
    return toOverlay(std::vector<std::uint32_t>(static_cast<std::size_t>(size.width * size.height), pixel), size);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(overlay_conversion)

BOOST_AUTO_TEST_CASE(opaque_colours_are_those_of_bt709) {
    for (const std::uint32_t rgb : {0x000000U, 0xFFFFFFU, 0xFF0000U, 0x00FF00U, 0x0000FFU, 0x3B6FD4U}) {
        const Yuv wanted = yuvFromRgb(rgb >> 16 & 0xFF, rgb >> 8 & 0xFF, rgb & 0xFF);
        const OverlayPtr overlay = filled(0xFF000000U | rgb);
        for (const auto y : overlay->y) BOOST_TEST(std::abs(y - wanted.y) <= 1);
        for (const auto u : overlay->u) BOOST_TEST(std::abs(u - wanted.u) <= 1);
        for (const auto v : overlay->v) BOOST_TEST(std::abs(v - wanted.v) <= 1);
        for (const auto alpha : overlay->alpha) BOOST_TEST(alpha == 255);
        for (const auto alpha : overlay->chromaAlpha) BOOST_TEST(alpha == 255);
    }
}

BOOST_AUTO_TEST_CASE(a_transparent_pixel_changes_nothing) {
    const OverlayPtr overlay = filled(0);
    for (const auto* plane : {&overlay->y, &overlay->u, &overlay->v, &overlay->alpha, &overlay->chromaAlpha}) {
        for (const auto value : *plane) BOOST_TEST(value == 0);
    }
}

BOOST_AUTO_TEST_CASE(half_covered_white_over_black_is_middle_grey) {
    const OverlayPtr overlay = filled(0x80808080U);
    const auto blend = [](int under, int color, int alpha) { return color + (under * (255 - alpha) + 127) / 255; };
    BOOST_TEST(std::abs(blend(16, overlay->y[0], overlay->alpha[0]) - (16 + 110)) <= 1);
    BOOST_TEST(std::abs(blend(128, overlay->u[0], overlay->chromaAlpha[0]) - 128) <= 1);
    BOOST_TEST(std::abs(blend(128, overlay->v[0], overlay->chromaAlpha[0]) - 128) <= 1);
}

BOOST_AUTO_TEST_CASE(no_sample_exceeds_its_alpha) {
    for (std::uint32_t alpha = 0; alpha <= 255; ++alpha) {
        for (const std::uint32_t mask : {0x000000U, 0x010101U, 0x010000U, 0x000100U, 0x000001U, 0x010001U}) {
            const OverlayPtr overlay = filled(alpha << 24 | alpha * mask, {2, 2});
            BOOST_REQUIRE(overlay->y[0] <= overlay->alpha[0]);
            BOOST_REQUIRE(overlay->u[0] <= overlay->chromaAlpha[0]);
            BOOST_REQUIRE(overlay->v[0] <= overlay->chromaAlpha[0]);
        }
    }
}

BOOST_AUTO_TEST_CASE(chroma_sits_on_even_columns_between_rows) {
    // One opaque column at x = 2: the sample that sits on it sees half of its weight, neighbours at 0 and 4 none.
    std::vector<std::uint32_t> pixels(6 * 2, 0);
    pixels[2] = pixels[6 + 2] = 0xFF0000FFU;
    const OverlayPtr column = toOverlay(pixels, {6, 2});
    BOOST_TEST(column->chromaAlpha == (std::vector<std::uint8_t>{0, 128, 0}), boost::test_tools::per_element());
    // At x = 3 it lies between the samples at 2 and 4 and gives each a quarter.
    std::fill(pixels.begin(), pixels.end(), 0);
    pixels[3] = pixels[6 + 3] = 0xFF0000FFU;
    const OverlayPtr between = toOverlay(pixels, {6, 2});
    BOOST_TEST(between->chromaAlpha == (std::vector<std::uint8_t>{0, 64, 64}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
