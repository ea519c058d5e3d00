#include "tests/quality/contents.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <numbers>
#include <random>

#include "mcu/base/check.h"
#include "mcu/video/canvas.h"

#include "pipelines/raster/pango_text_rasterizer.h"

namespace tessera {
namespace {

using Rgb = std::array<double, 3>;  ///< 0 to 1

std::uint8_t toByte(double value) {
    return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
}

/// @source ITU-R BT.709-6, items 3.2 to 3.4
std::array<double, 3> toYuv(const Rgb& color) {
    const double y = 0.2126 * color[0] + 0.7152 * color[1] + 0.0722 * color[2];
    return {16 + 219 * y, 128 + 224 * (color[2] - y) / 1.8556, 128 + 224 * (color[0] - y) / 1.5748};
}

/// Fills a picture from a colour per pixel. A chroma sample is the mean of the pixels above and below its place.
template <typename ColorAt>
PackedPicture paint(Size size, ColorAt colorAt) {
    PackedPicture picture(size);
    const Size chroma = chromaSize(size);
    std::vector<double> u(static_cast<std::size_t>(chroma.width) * chroma.height), v(u.size());
    for (int y = 0; y < size.height; ++y) {
        for (int x = 0; x < size.width; ++x) {
            const auto yuv = toYuv(colorAt(x, y));
            picture.data(0)[static_cast<std::ptrdiff_t>(y) * size.width + x] = toByte(yuv[0]);
            if (x % 2 != 0) continue;
            const std::size_t at = static_cast<std::size_t>(y / 2) * chroma.width + x / 2;
            u[at] += yuv[1] / 2;
            v[at] += yuv[2] / 2;
        }
    }
    for (std::size_t i = 0; i < u.size(); ++i) {
        picture.data(1)[i] = toByte(u[i]);
        picture.data(2)[i] = toByte(v[i]);
    }
    return picture;
}

Rgb hue(double turn, double light) {
    const auto part = [&](double shift) {
        return light * (0.5 + 0.5 * std::cos(2 * std::numbers::pi * (turn + shift)));
    };
    return {part(0), part(1.0 / 3), part(2.0 / 3)};
}

PackedPicture card(Size size, unsigned seed) {
    const double cx = size.width * 0.5, cy = size.height * 0.5, turn = 0.1 * seed;
    return paint(size, [=](int x, int y) -> Rgb {
        const double dx = x - cx, dy = y - cy, radius = std::hypot(dx, dy);
        if (radius < size.height * 0.3) {
            const double ray = std::fmod(std::atan2(dy, dx) / std::numbers::pi * 12 + 24 + turn, 2);
            return ray < 1 ? Rgb{0.95, 0.95, 0.95} : Rgb{0.05, 0.05, 0.05};
        }
        if (radius < size.height * 0.42) return std::fmod(radius, 8) < 4 ? Rgb{0.9, 0.2, 0.1} : Rgb{0.1, 0.3, 0.8};
        if (y > size.height * 0.85) return hue(turn + x / 97.0, static_cast<double>(x) / size.width);
        const int bar = x * 8 / size.width;
        return {bar & 1 ? 0.75 : 0.1, bar & 2 ? 0.75 : 0.1, bar & 4 ? 0.75 : 0.1};
    });
}

PackedPicture mandelbrot(Size size, unsigned seed) {
    const double scale = 2.6 / size.height / (1 + 0.2 * (seed % 5));
    return paint(size, [=](int x, int y) -> Rgb {
        const std::complex<double> c((x - size.width * 0.65) * scale, (y - size.height * 0.5) * scale);
        std::complex<double> z = 0;
        int count = 0;
        while (count < 96 && std::norm(z) < 64) {
            z = z * z + c;
            ++count;
        }
        if (count == 96) return {0.02, 0.02, 0.05};
        const double smooth = count - std::log2(std::log2(std::norm(z)));
        return hue(smooth / 11, 0.35 + 0.6 * (count % 2));
    });
}

/// Smooth noise of one octave, between -1 and 1.
class Octave {
public:
    Octave(double cell, unsigned seed) : cell_(cell), seed_(seed) {}
    double at(int x, int y) const {
        const double fx = x / cell_, fy = y / cell_;
        const double x0 = std::floor(fx), y0 = std::floor(fy);
        const double tx = ease(fx - x0), ty = ease(fy - y0);
        const double top = std::lerp(value(x0, y0), value(x0 + 1, y0), tx);
        return std::lerp(top, std::lerp(value(x0, y0 + 1), value(x0 + 1, y0 + 1), tx), ty);
    }

private:
    static double ease(double t) { return t * t * (3 - 2 * t); }
    double value(double x, double y) const {
        auto hash = static_cast<std::uint32_t>(static_cast<int>(x)) * 374761393u +
                    static_cast<std::uint32_t>(static_cast<int>(y)) * 668265263u + seed_ * 2246822519u;
        hash = (hash ^ (hash >> 13)) * 1274126177u;
        return static_cast<double>((hash ^ (hash >> 16)) & 0xffff) / 32767.5 - 1;
    }
    double cell_;
    unsigned seed_;
};

PackedPicture photo(Size size, unsigned seed) {
    std::vector<Octave> octaves;
    for (double cell = size.height / 2.0; cell >= 1.5; cell /= 2) octaves.emplace_back(cell, seed++);
    std::mt19937 random(seed);
    std::normal_distribution<double> grain(0, 0.012);
    return paint(size, [&](int x, int y) -> Rgb {
        double light = 0.5, strength = 0.32;
        for (const Octave& octave : octaves) {
            light += strength * octave.at(x, y);
            strength *= 0.62;
        }
        const double warm = 0.12 * octaves[0].at(x + 40, y) + (x > y * 2 ? 0.08 : -0.08);
        const double noise = grain(random);
        return {light + warm + noise, light + noise, light - warm + noise};
    });
}

PackedPicture text(Size size, unsigned seed) {
    PackedPicture picture = paint(size, [](int, int) { return Rgb{0.93, 0.93, 0.9}; });
    WritableFrame frame{std::make_shared<VideoFrame>(), {picture.data(0), picture.data(1), picture.data(2)}};
    frame.frame->size = size;
    for (std::size_t i = 0; i < 3; ++i) frame.frame->planes[i] = picture.plane(i);
    const Canvas canvas(frame, pixelKernels());
    const auto rasterizer = createPangoTextRasterizer();
    constexpr int kHeights[] = {16, 20, 24, 32};
    for (int y = 4, line = 0; y + 32 < size.height; ++line) {
        const int height = kHeights[line % 4];
        const std::string words = "Agenda " + std::to_string(line + static_cast<int>(seed)) +
                                  ": minutes, quarterly figures 3.14 %, questions & answers (WIM) ~ jfgl@#";
        const auto label = rasterizer->label(words, height, size.width - 16);
        TESSERA_CHECK(label.ok());
        canvas.blend(**label, 8, y, {0, 0, size.width / 2 * 2, size.height / 2 * 2});
        y += height + 2;
    }
    return picture;
}

}  // namespace

PackedPicture::PackedPicture(Size pictureSize) : size(pictureSize) {
    const Size chroma = chromaSize(size);
    bytes.resize(static_cast<std::size_t>(size.width) * size.height +
                 2 * static_cast<std::size_t>(chroma.width) * chroma.height);
}

std::size_t PackedPicture::offset(std::size_t plane) const {
    const Size chroma = chromaSize(size);
    const std::size_t luma = static_cast<std::size_t>(size.width) * size.height;
    return plane == 0 ? 0 : luma + (plane - 1) * static_cast<std::size_t>(chroma.width) * chroma.height;
}

const char* toString(Content content) {
    switch (content) {
        case Content::Card: return "card";
        case Content::Mandelbrot: return "mandelbrot";
        case Content::Text: return "text";
        case Content::Photo: return "photo";
    }
    return "";
}

PackedPicture makePicture(Content content, Size size, unsigned seed) {
    switch (content) {
        case Content::Card: return card(size, seed);
        case Content::Mandelbrot: return mandelbrot(size, seed);
        case Content::Text: return text(size, seed);
        case Content::Photo: return photo(size, seed);
    }
    return PackedPicture(size);
}

std::vector<std::uint8_t> mixedPicture(Size size, unsigned seed) {
    const PackedPicture base = card(size, seed);
    std::vector<std::uint8_t> bytes = base.bytes;
    std::mt19937 random(seed);
    for (std::uint8_t& byte : bytes) {
        byte = static_cast<std::uint8_t>(std::clamp<int>(byte + static_cast<int>(random() % 7) - 3, 16, 235));
    }
    return bytes;
}

}  // namespace tessera
