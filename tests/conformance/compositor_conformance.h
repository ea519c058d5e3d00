#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "mcu/video/compositor.h"

#include "tests/conformance/naive_compositor.h"

namespace tessera::conformance {

/// Frames and compositions that a seed determines: sizes of both parities, strides with slack, ratios from 1:8 to 8:1,
/// all fits, filters, orientations and colour systems, overlays, overlapping tiles, opacity, rounded corners.
class RandomScene {
public:
    explicit RandomScene(std::uint32_t seed) : random_(seed) {
        composition.canvas = {even(16, 200), even(16, 160)};
        composition.background = color();
        const int layers = number(1, 5);
        if (oneIn(5)) composition.backgroundImage = frame({number(16, 300), number(16, 300)});
        for (int i = 0; i < layers; ++i) addLayer(i);
        for (int i = number(-2, 2); i > 0; --i) addOverlay();
    }

    Composition composition;
    std::vector<FramePtr> frames;

private:
    int number(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
    int even(int low, int high) { return 2 * number(low / 2, high / 2); }
    bool oneIn(int n) { return number(1, n) == 1; }
    std::uint8_t byte() { return static_cast<std::uint8_t>(number(0, 255)); }
    Yuv color() { return {byte(), byte(), byte()}; }

    void addLayer(int index) {
        const Size canvas = composition.canvas;
        Layer layer;
        layer.source = oneIn(12) ? -1 : index;
        layer.rect.width = even(2, canvas.width);
        layer.rect.height = even(2, canvas.height);
        layer.rect.x = even(0, canvas.width - layer.rect.width);
        layer.rect.y = even(0, canvas.height - layer.rect.height);
        layer.fit = oneIn(2) ? Fit::Contain : Fit::Cover;
        layer.filter = filter();
        if (oneIn(3)) layer.orientation = orientation();
        layer.opacity = oneIn(4) ? number(0, 255) : 255;
        if (oneIn(2)) layer.cornerRadius = even(0, std::min({layer.rect.width, layer.rect.height, 60}) / 2);
        layer.placeholder = oneIn(6);
        layer.level = oneIn(3) ? number(0, 256) : 256;
        layer.border = oneIn(3) ? even(2, 12) : 0;
        layer.borderColor = color();
        layer.fill = color();
        if (oneIn(2)) layer.label = overlay();
        if (oneIn(2)) layer.avatar = overlay();
        composition.layers.push_back(layer);
        frames.push_back(oneIn(10) ? nullptr : frame(sourceSize(layer.rect.size())));
    }

    void addOverlay() {
        const Size canvas = composition.canvas;
        PlacedOverlay placed;
        placed.overlay = overlay();
        placed.x = 2 * number(-20, canvas.width / 2);
        placed.y = 2 * number(-20, canvas.height / 2);
        placed.opacity = oneIn(2) ? 255 : number(0, 255);
        placed.clip = {0, 0, canvas.width, canvas.height};
        if (oneIn(2)) {
            placed.clip.x = even(0, canvas.width - 2);
            placed.clip.y = even(0, canvas.height - 2);
            placed.clip.width = even(2, canvas.width - placed.clip.x);
            placed.clip.height = even(2, canvas.height - placed.clip.y);
        }
        composition.overlays.push_back(placed);
    }

    ScaleFilter filter() { return static_cast<ScaleFilter>(number(0, 2)); }
    Orientation orientation() { return {number(0, 3), oneIn(2)}; }

    /// Mostly of the tile's size times 1/8 to 8, sometimes exactly once or twice it.
    Size sourceSize(Size tile) {
        if (oneIn(5)) return {std::max(16, tile.width), std::max(16, tile.height)};
        if (oneIn(5)) return {std::max(16, 2 * tile.width), std::max(16, 2 * tile.height)};
        const auto scaled = [this](int length) {
            const int eighths = oneIn(2) ? number(1, 8) : number(8, 64);
            return std::clamp(length * eighths / 8 + number(-1, 1), 16, 700);
        };
        return {scaled(tile.width), scaled(tile.height)};
    }

    /// Noise, flat areas and hard edges: clamping on both sides is reached.
    FramePtr frame(Size size) {
        auto made = std::make_shared<VideoFrame>();
        made->size = size;
        made->matrix = oneIn(2) ? ColorMatrix::Bt601 : ColorMatrix::Bt709;
        made->range = oneIn(3) ? ColorRange::Full : ColorRange::Limited;
        if (oneIn(5)) made->orientation = orientation();
        auto bytes = std::make_shared<std::array<std::vector<std::uint8_t>, 3>>();
        for (std::size_t i = 0; i < 3; ++i) {
            const Size plane = i == 0 ? size : chromaSize(size);
            const int stride = plane.width + number(0, 40);
            auto& samples = (*bytes)[i];
            samples.resize(static_cast<std::size_t>(stride) * static_cast<std::size_t>(plane.height - 1) +
                           static_cast<std::size_t>(plane.width));
            const bool isHard = oneIn(2);
            for (auto& sample : samples) sample = isHard ? static_cast<std::uint8_t>(oneIn(2) ? 255 : 0) : byte();
            made->planes[i] = {samples.data(), stride};
        }
        made->owner = bytes;
        return made;
    }

    const Overlay* overlay() {
        auto made = std::make_unique<Overlay>();
        made->size = {even(2, 60), even(2, 40)};
        const auto area = static_cast<std::size_t>(made->size.width) * static_cast<std::size_t>(made->size.height);
        for (std::size_t i = 0; i < area; ++i) {
            made->alpha.push_back(oneIn(4) ? 255 : byte());
            made->y.push_back(static_cast<std::uint8_t>(number(0, made->alpha.back())));
        }
        for (std::size_t i = 0; i < area / 4; ++i) {
            made->chromaAlpha.push_back(oneIn(4) ? 0 : byte());
            made->u.push_back(static_cast<std::uint8_t>(number(0, made->chromaAlpha.back())));
            made->v.push_back(static_cast<std::uint8_t>(number(0, made->chromaAlpha.back())));
        }
        overlays_.push_back(std::move(made));
        return overlays_.back().get();
    }

    std::mt19937 random_;
    std::vector<std::unique_ptr<Overlay>> overlays_;
};

/// @return where two host frames first differ, in words; nothing when they are equal
inline std::optional<std::string> difference(const VideoFrame& expected, const VideoFrame& actual) {
    if (expected.size != actual.size) return "the sizes differ";
    for (std::size_t i = 0; i < 3; ++i) {
        const Size size = i == 0 ? expected.size : chromaSize(expected.size);
        for (int y = 0; y < size.height; ++y) {
            for (int x = 0; x < size.width; ++x) {
                const int wanted = expected.planes[i].data[y * expected.planes[i].stride + x];
                const int got = actual.planes[i].data[y * actual.planes[i].stride + x];
                if (wanted == got) continue;
                return "plane " + std::to_string(i) + " at " + std::to_string(x) + "," + std::to_string(y) +
                       ": expected " + std::to_string(wanted) + ", got " + std::to_string(got);
            }
        }
    }
    return std::nullopt;
}

/// Draws random scenes with `subject` and compares every byte with the written rule.
///
/// @param subject  must return host frames
/// @return what differed first, with the seed that repeats it; nothing when all was equal
inline std::optional<std::string> checkCompositor(Compositor& subject, std::uint32_t firstSeed, int scenes) {
    NaiveCompositor rule;
    for (int i = 0; i < scenes; ++i) {
        const std::uint32_t seed = firstSeed + static_cast<std::uint32_t>(i);
        RandomScene scene(seed);
        const MediaTime pts = MediaTime(std::chrono::milliseconds(i));
        const auto expected = rule.compose(scene.composition, scene.frames, pts);
        const auto actual = subject.compose(scene.composition, scene.frames, pts);
        if (!actual.ok()) return "seed " + std::to_string(seed) + ": " + actual.error().message;
        if ((*actual)->pts != pts) return "seed " + std::to_string(seed) + ": wrong pts";
        if (const auto found = difference(**expected, **actual)) return "seed " + std::to_string(seed) + ": " + *found;
    }
    return std::nullopt;
}

}  // namespace tessera::conformance
