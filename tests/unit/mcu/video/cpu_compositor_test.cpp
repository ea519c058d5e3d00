#include <boost/test/unit_test.hpp>
#include <random>

#include "mcu/media/frame_pool.h"
#include "mcu/video/compositor.h"

namespace tessera {
namespace {

constexpr Yuv kBackground{40, 120, 130};
constexpr Yuv kFill{30, 110, 140};

FramePtr plainFrame(Size size, Yuv color) {
    FramePool pool(size);
    WritableFrame frame = pool.take();
    const std::array<std::uint8_t, 3> values{color.y, color.u, color.v};
    for (std::size_t i = 0; i < 3; ++i) {
        const int rows = i == 0 ? size.height : chromaSize(size).height;
        std::fill_n(frame.data[i], rows * frame.frame->planes[i].stride, values[i]);
    }
    return std::move(frame).publish();
}

Yuv pixel(const VideoFrame& frame, int x, int y) {
    const auto at = [&frame](std::size_t plane, int column, int row) {
        return frame.planes[plane].data[row * frame.planes[plane].stride + column];
    };
    return {at(0, x, y), at(1, x / 2, y / 2), at(2, x / 2, y / 2)};
}

Composition oneLayer(Size canvas, Rect rect, Fit fit) {
    Composition composition{.canvas = canvas, .background = kBackground};
    Layer layer;
    layer.source = 0;
    layer.rect = rect;
    layer.fit = fit;
    layer.fill = kFill;
    composition.layers.push_back(layer);
    return composition;
}

FramePtr composed(const Composition& composition, std::vector<FramePtr> frames) {
    const auto compositor = createCpuCompositor();
    return *compositor->compose(composition, frames, MediaTime{});
}

/// Every pixel of the frame has the colour that `expected` says.
template <typename Expected>
void checkPixels(const VideoFrame& frame, Expected expected) {
    for (int y = 0; y < frame.size.height; ++y) {
        for (int x = 0; x < frame.size.width; ++x) BOOST_REQUIRE((pixel(frame, x, y) == expected(x, y)));
    }
}

bool contains(const Rect& rect, int x, int y) {
    return x >= rect.x && x < rect.right() && y >= rect.y && y < rect.bottom();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cpu_compositor)

BOOST_AUTO_TEST_CASE(contain_letterboxes_with_the_layer_fill) {
    const Yuv red{63, 102, 240};
    const auto frame = composed(oneLayer({200, 120}, {20, 10, 160, 90}, Fit::Contain), {plainFrame({64, 48}, red)});
    checkPixels(*frame, [&](int x, int y) {
        if (contains({40, 10, 120, 90}, x, y)) return red;
        return contains({20, 10, 160, 90}, x, y) ? kFill : kBackground;
    });
}

BOOST_AUTO_TEST_CASE(cover_leaves_no_bars_and_cuts_both_sides_alike) {
    FramePool pool({96, 32});
    WritableFrame source = pool.take();
    for (int y = 0; y < 32; ++y) {
        for (int x = 0; x < 96; ++x) {
            const bool isCut = x < 32 || x >= 64;
            source.data[0][y * source.frame->planes[0].stride + x] = isCut ? 16 : 200;
        }
    }
    for (std::size_t i = 1; i < 3; ++i)
        std::fill_n(source.data[i], 16 * source.frame->planes[i].stride, std::uint8_t{128});
    const auto frame = composed(oneLayer({32, 32}, {0, 0, 32, 32}, Fit::Cover), {std::move(source).publish()});
    checkPixels(*frame, [](int, int) { return Yuv{200, 128, 128}; });
}

BOOST_AUTO_TEST_CASE(a_mirrored_picture_is_cropped_to_its_mirror) {
    std::mt19937 random(2);
    FramePool pool({70, 31});
    WritableFrame left = pool.take(), right = pool.take();
    const int stride = left.frame->planes[0].stride;
    for (int y = 0; y < 31; ++y) {
        for (int x = 0; x < 70; ++x) {
            const auto value = static_cast<std::uint8_t>(100 + random() % 60);
            left.data[0][y * stride + x] = value;
            right.data[0][y * stride + 69 - x] = value;
        }
    }
    const Composition composition = oneLayer({44, 40}, {0, 0, 44, 40}, Fit::Cover);
    const auto a = composed(composition, {std::move(left).publish()}),
               b = composed(composition, {std::move(right).publish()});
    for (int y = 0; y < 40; ++y) {
        for (int x = 0; x < 44; ++x) BOOST_REQUIRE(std::abs(pixel(*a, x, y).y - pixel(*b, 43 - x, y).y) <= 2);
    }
}

BOOST_AUTO_TEST_CASE(a_source_without_a_frame_shows_fill_and_avatar) {
    Composition composition = oneLayer({120, 80}, {10, 10, 100, 60}, Fit::Cover);
    Overlay avatar;
    avatar.size = {20, 20};
    avatar.y.assign(400, 180);
    avatar.u.assign(100, 90);
    avatar.v.assign(100, 100);
    avatar.alpha.assign(400, 255);
    avatar.chromaAlpha.assign(100, 255);
    composition.layers[0].avatar = &avatar;
    const auto expected = [](int x, int y) {
        if (contains({50, 30, 20, 20}, x, y)) return Yuv{180, 90, 100};
        return contains({10, 10, 100, 60}, x, y) ? kFill : kBackground;
    };
    checkPixels(*composed(composition, {nullptr}), expected);
    composition.layers[0].placeholder = true;
    checkPixels(*composed(composition, {plainFrame({64, 48}, {})}), expected);
}

BOOST_AUTO_TEST_CASE(label_stands_eight_pixels_from_the_bottom_left_corner_over_the_border) {
    Composition composition = oneLayer({120, 80}, {10, 10, 100, 60}, Fit::Cover);
    Overlay label;
    label.size = {30, 10};
    label.y.assign(300, 210);
    label.u.assign(75, 128);
    label.v.assign(75, 128);
    label.alpha.assign(300, 255);
    label.chromaAlpha.assign(75, 255);
    composition.layers[0].label = &label;
    composition.layers[0].border = 4;
    composition.layers[0].borderColor = {150, 60, 70};
    const Yuv picture{100, 128, 128};
    checkPixels(*composed(composition, {plainFrame({64, 48}, picture)}), [&](int x, int y) {
        if (contains({18, 52, 30, 10}, x, y)) return Yuv{210, 128, 128};
        if (contains({14, 14, 92, 52}, x, y)) return picture;
        return contains({10, 10, 100, 60}, x, y) ? Yuv{150, 60, 70} : kBackground;
    });
}

BOOST_AUTO_TEST_CASE(a_held_picture_is_dimmed_but_not_its_bars) {
    Composition composition = oneLayer({160, 90}, {0, 0, 160, 90}, Fit::Contain);
    composition.layers[0].level = 128;
    const auto frame = composed(composition, {plainFrame({64, 48}, {116, 28, 228})});
    BOOST_TEST((pixel(*frame, 80, 45) == Yuv{66, 78, 178}));
    BOOST_TEST((pixel(*frame, 4, 45) == kFill));
}

BOOST_AUTO_TEST_CASE(a_frame_carries_its_tick_and_the_canvas_colour_system) {
    const auto compositor = createCpuCompositor();
    const Composition composition = oneLayer({64, 36}, {0, 0, 64, 36}, Fit::Cover);
    std::vector<FramePtr> frames{plainFrame({33, 17}, {81, 90, 240})};
    const auto first = *compositor->compose(composition, frames, MediaTime(std::chrono::seconds(3)));
    frames = {plainFrame({33, 17}, {81, 90, 240})};
    const auto second = *compositor->compose(composition, frames, MediaTime(std::chrono::seconds(4)));
    BOOST_TEST((first->pts == MediaTime(std::chrono::seconds(3))));
    BOOST_TEST((first->matrix == ColorMatrix::Bt709 && first->range == ColorRange::Limited));
    BOOST_TEST((first->size == Size{64, 36}));
    BOOST_TEST(second->id != first->id);
    BOOST_TEST((first->planes[0].data != second->planes[0].data));
}

BOOST_AUTO_TEST_CASE(buffers_are_used_again_for_every_canvas_size) {
    const auto compositor = createCpuCompositor();
    const std::vector<FramePtr> frames{plainFrame({64, 36}, {})};
    const auto bufferOf = [&](Size size) {
        const Composition composition = oneLayer(size, {0, 0, size.width, size.height}, Fit::Cover);
        return (*compositor->compose(composition, frames, MediaTime{}))->planes[0].data;
    };
    const auto* small = bufferOf({64, 36});
    const auto* large = bufferOf({128, 72});
    BOOST_TEST(bufferOf({64, 36}) == small);
    BOOST_TEST(bufferOf({128, 72}) == large);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
