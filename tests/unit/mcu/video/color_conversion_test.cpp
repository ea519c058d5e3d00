#include "mcu/video/color_conversion.h"

#include <array>
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "mcu/video/kernels.h"

namespace tessera {
namespace {

struct System {
    double kr, kb;
    bool full;
};
using Triple = std::array<double, 3>;

/// R'G'B' (0 to 1) to code values, not rounded.
Triple encode(const Triple& rgb, const System& system) {
    const double y = system.kr * rgb[0] + (1 - system.kr - system.kb) * rgb[1] + system.kb * rgb[2];
    const double cb = (rgb[2] - y) / (2 * (1 - system.kb)), cr = (rgb[0] - y) / (2 * (1 - system.kr));
    if (system.full) return {255 * y, 128 + 255 * cb, 128 + 255 * cr};
    return {16 + 219 * y, 128 + 224 * cb, 128 + 224 * cr};
}

constexpr System kTarget{0.2126, 0.0722, false};

/// Largest distance, in codes, of the converted colour from where the same light belongs. The error of the source's own
/// rounding is not ours: the exact conversion starts from the rounded codes.
double errorOf(const Triple& rgb, const System& system, const ColorConversion& conversion) {
    Triple codes = encode(rgb, system);
    for (double& code : codes) code = std::clamp(std::round(code), 0.0, 255.0);
    const double lumaScale = system.full ? 255 : 219, chromaScale = system.full ? 255 : 224;
    const double y = (codes[0] - (system.full ? 0 : 16)) / lumaScale;
    const double cb = (codes[1] - 128) / chromaScale, cr = (codes[2] - 128) / chromaScale;
    const double red = y + 2 * (1 - system.kr) * cr, blue = y + 2 * (1 - system.kb) * cb;
    const double green = (y - system.kr * red - system.kb * blue) / (1 - system.kr - system.kb);
    const Triple exact = encode({red, green, blue}, kTarget);

    std::array<std::uint8_t, 2> luma{static_cast<std::uint8_t>(codes[0]), static_cast<std::uint8_t>(codes[0])};
    auto u = static_cast<std::uint8_t>(codes[1]), v = static_cast<std::uint8_t>(codes[2]);
    pixelKernels().convertLuma(luma.data(), &u, &v, 2, conversion);
    pixelKernels().convertChroma(&u, &v, 1, conversion);
    BOOST_REQUIRE(luma[0] == luma[1]);
    return std::max({std::abs(luma[0] - exact[0]), std::abs(u - exact[1]), std::abs(v - exact[2])});
}

void checkAllColors(const System& system, ColorMatrix matrix, ColorRange range) {
    const ColorConversion conversion = colorConversion(matrix, range);
    double worst = 0;
    for (int r = 0; r <= 20; ++r) {
        for (int g = 0; g <= 20; ++g) {
            for (int b = 0; b <= 20; ++b)
                worst = std::max(worst, errorOf({r / 20., g / 20., b / 20.}, system, conversion));
        }
    }
    BOOST_TEST(worst < 1.0);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(color_conversion)

BOOST_AUTO_TEST_CASE(every_system_lands_within_one_code_of_the_exact_colour) {
    checkAllColors({0.299, 0.114, false}, ColorMatrix::Bt601, ColorRange::Limited);
    checkAllColors({0.299, 0.114, true}, ColorMatrix::Bt601, ColorRange::Full);
    checkAllColors({0.2126, 0.0722, true}, ColorMatrix::Bt709, ColorRange::Full);
    checkAllColors({0.2126, 0.0722, false}, ColorMatrix::Bt709, ColorRange::Limited);
}

BOOST_AUTO_TEST_CASE(the_canvas_own_system_is_left_alone) {
    BOOST_TEST(colorConversion(ColorMatrix::Bt709, ColorRange::Limited).isIdentity());
    BOOST_TEST(!colorConversion(ColorMatrix::Bt709, ColorRange::Full).isIdentity());
    BOOST_TEST(!colorConversion(ColorMatrix::Bt601, ColorRange::Limited).isIdentity());
    BOOST_TEST(!colorConversion(ColorMatrix::Bt601, ColorRange::Full).isIdentity());
}

BOOST_AUTO_TEST_CASE(greys_stay_grey) {
    for (const ColorMatrix matrix : {ColorMatrix::Bt601, ColorMatrix::Bt709}) {
        for (int grey = 0; grey < 256; ++grey) {
            std::array<std::uint8_t, 2> luma{static_cast<std::uint8_t>(grey), static_cast<std::uint8_t>(grey)};
            std::uint8_t u = 128, v = 128;
            const ColorConversion full = colorConversion(matrix, ColorRange::Full);
            pixelKernels().convertLuma(luma.data(), &u, &v, 2, full);
            pixelKernels().convertChroma(&u, &v, 1, full);
            BOOST_REQUIRE(luma[0] == std::lround(16 + grey * 219 / 255.0));
            BOOST_REQUIRE((u == 128 && v == 128));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
