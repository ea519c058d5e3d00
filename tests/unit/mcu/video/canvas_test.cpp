#include "mcu/video/canvas.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "mcu/video/background.h"

namespace tessera {
namespace {

struct Drawing {
    explicit Drawing(Size size) : pool(size), frame(pool.take()), canvas(frame, pixelKernels()) {
        canvas.fill({0, 0, size.width, size.height}, {50, 100, 150});
    }
    int at(int plane, int x, int y) const {
        const auto i = static_cast<std::size_t>(plane);
        return frame.data[i][y * frame.frame->planes[i].stride + x];
    }
    Yuv pixel(int x, int y) const {
        return {static_cast<std::uint8_t>(at(0, x, y)), static_cast<std::uint8_t>(at(1, x / 2, y / 2)),
                static_cast<std::uint8_t>(at(2, x / 2, y / 2))};
    }
    FramePool pool;
    WritableFrame frame;
    Canvas canvas;
};

constexpr Yuv kGround{50, 100, 150};
constexpr Yuv kInk{200, 30, 60};

/// A uniform overlay of one opacity.
Overlay plate(Size size, Yuv color, int alpha) {
    const auto area = static_cast<std::size_t>(size.width * size.height);
    const auto premultiplied = [alpha](int value) {
        return static_cast<std::uint8_t>(std::lround(value * alpha / 255.0));
    };
    Overlay overlay;
    overlay.size = size;
    overlay.y.assign(area, premultiplied(color.y));
    overlay.u.assign(area / 4, premultiplied(color.u));
    overlay.v.assign(area / 4, premultiplied(color.v));
    overlay.alpha.assign(area, static_cast<std::uint8_t>(alpha));
    overlay.chromaAlpha.assign(area / 4, static_cast<std::uint8_t>(alpha));
    return overlay;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(canvas)

BOOST_AUTO_TEST_CASE(fill_covers_its_rectangle_and_nothing_else) {
    Drawing drawing({40, 30});
    const Rect rect{6, 4, 10, 8};
    drawing.canvas.fill(rect, kInk);
    for (int y = 0; y < 30; ++y) {
        for (int x = 0; x < 40; ++x) {
            const bool isInside = x >= 6 && x < 16 && y >= 4 && y < 12;
            BOOST_REQUIRE((drawing.pixel(x, y) == (isInside ? kInk : kGround)));
        }
    }
}

BOOST_AUTO_TEST_CASE(border_lies_inside_its_rectangle) {
    Drawing drawing({40, 30});
    drawing.canvas.border({4, 6, 20, 16}, 4, kInk);
    for (int y = 0; y < 30; ++y) {
        for (int x = 0; x < 40; ++x) {
            const bool isInside = x >= 4 && x < 24 && y >= 6 && y < 22;
            const bool isMiddle = x >= 8 && x < 20 && y >= 10 && y < 18;
            BOOST_REQUIRE((drawing.pixel(x, y) == (isInside && !isMiddle ? kInk : kGround)));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_border_too_thick_for_its_rectangle_fills_it) {
    Drawing drawing({16, 16});
    drawing.canvas.border({4, 4, 6, 8}, 4, kInk);
    BOOST_TEST((drawing.pixel(6, 8) == kInk));
    BOOST_TEST((drawing.pixel(10, 8) == kGround));
}

BOOST_AUTO_TEST_CASE(blend_is_the_rounded_weighted_mean_for_every_value_and_opacity) {
    for (int below = 0; below < 256; ++below) {
        std::vector<std::uint8_t> row(256, static_cast<std::uint8_t>(below)), color(256, 0), alpha(256);
        for (std::size_t i = 0; i < 256; ++i) alpha[i] = static_cast<std::uint8_t>(i);
        pixelKernels().blend(row.data(), color.data(), alpha.data(), 256);
        for (std::size_t i = 0; i < 256; ++i) {
            BOOST_REQUIRE(row[i] == std::floor(below * (255.0 - static_cast<double>(i)) / 255 + 0.5));
        }
    }
}

BOOST_AUTO_TEST_CASE(opaque_covers_transparent_does_nothing_half_is_between) {
    Drawing drawing({40, 30});
    drawing.canvas.blend(plate({8, 6}, kInk, 255), 2, 2, {0, 0, 40, 30});
    drawing.canvas.blend(plate({8, 6}, kInk, 0), 12, 2, {0, 0, 40, 30});
    drawing.canvas.blend(plate({8, 6}, kInk, 128), 22, 2, {0, 0, 40, 30});
    BOOST_TEST((drawing.pixel(5, 5) == kInk));
    BOOST_TEST((drawing.pixel(15, 5) == kGround));
    BOOST_TEST((drawing.pixel(25, 5) == Yuv{125, 65, 105}));
    BOOST_TEST((drawing.pixel(10, 5) == kGround));
    BOOST_TEST((drawing.pixel(5, 8) == kGround));
}

BOOST_AUTO_TEST_CASE(overlays_are_clipped_on_all_sides) {
    Drawing drawing({40, 30});
    const Rect clip{10, 10, 12, 8};
    drawing.canvas.blend(plate({30, 26}, kInk, 255), 2, 4, clip);
    for (int y = 0; y < 30; ++y) {
        for (int x = 0; x < 40; ++x) {
            const bool isInside = x >= 10 && x < 22 && y >= 10 && y < 18;
            BOOST_REQUIRE((drawing.pixel(x, y) == (isInside ? kInk : kGround)));
        }
    }
    drawing.canvas.blend(plate({4, 4}, kGround, 255), 30, 4, clip);
    BOOST_TEST((drawing.pixel(21, 17) == kInk));
}

BOOST_AUTO_TEST_CASE(fading_goes_towards_black_in_limited_range) {
    for (int value = 0; value < 256; ++value) {
        for (const int level : {0, 1, 112, 255, 256}) {
            auto luma = static_cast<std::uint8_t>(value), chroma = luma;
            pixelKernels().fade(&luma, 1, level, 16);
            pixelKernels().fade(&chroma, 1, level, 128);
            BOOST_REQUIRE(luma == std::floor(16 + (value - 16) * level / 256.0 + 0.5));
            BOOST_REQUIRE(chroma == std::floor(128 + (value - 128) * level / 256.0 + 0.5));
        }
    }
}

BOOST_AUTO_TEST_CASE(background_is_found_exactly_where_no_layer_is) {
    const Size size{60, 40};
    std::vector<Layer> layers(4);
    layers[0].rect = {4, 4, 20, 20};
    layers[1].rect = {16, 10, 30, 8};
    layers[2].rect = {50, 0, 10, 40};
    layers[3].rect = {0, 30, 0, 0};
    std::vector<int> painted(60 * 40, 0);
    const auto paint = [&painted](const Rect& rect, int value) {
        for (int y = rect.y; y < rect.bottom(); ++y) {
            for (int x = rect.x; x < rect.right(); ++x) painted[static_cast<std::size_t>(y * 60 + x)] += value;
        }
    };
    Background background;
    for (const Rect& gap : background.uncovered(size, layers)) paint(gap, 1000);
    for (const Layer& layer : layers) paint(layer.rect, 1);
    for (const int value : painted) BOOST_REQUIRE((value == 1000 || (value > 0 && value < 1000)));
    BOOST_TEST(background.uncovered({16, 16}, {}).size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
