#include "pipelines/raster/overlay_conversion.h"

#include <algorithm>
#include <cmath>

#include "mcu/base/check.h"

namespace tessera {

namespace {

/// Premultiplied, as fractions of 255; chroma without its offset of 128.
struct Sample {
    float alpha = 0, luma = 0, cb = 0, cr = 0;
};

Sample toSample(std::uint32_t pixel) {
    const auto channel = [&](int shift) { return static_cast<float>(pixel >> shift & 0xFF); };
    const float red = channel(16), green = channel(8), blue = channel(0);
    const float luma = 0.2126F * red + 0.7152F * green + 0.0722F * blue;
    return {channel(24), luma, (blue - luma) / 1.8556F, (red - luma) / 1.5748F};
}

/// A colour's share never exceeds its alpha, so that dst + colour - dst*alpha stays in range.
std::uint8_t toByte(float value, std::uint8_t alpha) {
    return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, static_cast<long>(alpha)));
}

class Image {
public:
    Image(std::span<const std::uint32_t> pixels, Size size) : pixels_(pixels), size_(size) {}

    Sample at(int x, int y) const {
        const int column = std::clamp(x, 0, size_.width - 1);
        return toSample(pixels_[static_cast<std::size_t>(y) * static_cast<std::size_t>(size_.width) +
                                static_cast<std::size_t>(column)]);
    }

    /// The chroma sample that sits at luma column x, between rows y and y + 1.
    Sample chromaAt(int x, int y) const {
        Sample sum;
        for (const int row : {y, y + 1}) {
            for (int step = -1; step <= 1; ++step) {
                const Sample sample = at(x + step, row);
                const float weight = step == 0 ? 0.25F : 0.125F;
                sum.alpha += weight * sample.alpha;
                sum.cb += weight * sample.cb;
                sum.cr += weight * sample.cr;
            }
        }
        return sum;
    }

private:
    std::span<const std::uint32_t> pixels_;
    Size size_;
};

}  // namespace

OverlayPtr toOverlay(std::span<const std::uint32_t> pixels, Size size) {
    TESSERA_CHECK(size.width > 0 && size.height > 0 && size.width % 2 == 0 && size.height % 2 == 0);
    TESSERA_CHECK(pixels.size() == static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height));
    const Image image(pixels, size);
    auto overlay = std::make_shared<Overlay>();
    overlay->size = size;
    for (int y = 0; y < size.height; ++y) {
        for (int x = 0; x < size.width; ++x) {
            const Sample sample = image.at(x, y);
            const auto alpha = static_cast<std::uint8_t>(sample.alpha);
            overlay->alpha.push_back(alpha);
            overlay->y.push_back(toByte((16 * sample.alpha + 219 * sample.luma) / 255, alpha));
        }
    }
    for (int y = 0; y < size.height; y += 2) {
        for (int x = 0; x < size.width; x += 2) {
            const Sample sample = image.chromaAt(x, y);
            const auto alpha = static_cast<std::uint8_t>(std::lround(sample.alpha));
            overlay->chromaAlpha.push_back(alpha);
            overlay->u.push_back(toByte((128 * sample.alpha + 224 * sample.cb) / 255, alpha));
            overlay->v.push_back(toByte((128 * sample.alpha + 224 * sample.cr) / 255, alpha));
        }
    }
    return overlay;
}

}  // namespace tessera
