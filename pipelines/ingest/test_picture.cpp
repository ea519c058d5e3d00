#include "pipelines/ingest/test_picture.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

#include "pipelines/ingest/frame_code.h"

namespace tessera {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;
constexpr Yuv kBlack{16, 128, 128};
constexpr Yuv kWhite{235, 128, 128};
constexpr Duration kFlash = std::chrono::milliseconds(100);

/// A colour of a hue on the chroma circle. @param hue  in turns @param saturation  0 to 100
Yuv colourOf(double hue, std::uint8_t luma, double saturation) {
    return {luma, static_cast<std::uint8_t>(128 + saturation * std::cos(kTurn * hue)),
            static_cast<std::uint8_t>(128 + saturation * std::sin(kTurn * hue))};
}

double fraction(double value) {
    return value - std::floor(value);
}

}  // namespace

std::optional<TestPattern> testPatternFromString(std::string_view text) {
    if (text == "moving") return TestPattern::Moving;
    if (text == "flash") return TestPattern::Flash;
    if (text == "coded") return TestPattern::Coded;
    return std::nullopt;
}

TestPicture::TestPicture(TestPattern pattern, const std::string& name, Size size, FrameRate rate, int index)
    : pattern_(pattern), rate_(rate), pool_(size) {
    if (pattern == TestPattern::Flash) return;
    name_ = renderGlyphs(name, std::max(12, size.height / 7), size.width * 9 / 10);
    for (std::size_t digit = 0; digit < digits_.size(); ++digit) {
        digits_[digit] = renderGlyphs(std::to_string(digit), std::max(8, size.height / 12), size.width);
    }
    if (pattern == TestPattern::Coded) return;

    const double hue = fraction(0.58 + index * (2 - std::numbers::phi));
    wavelength_ = std::max(16, size.width / 3);
    for (int x = 0; x < size.width + wavelength_; ++x) {
        const double bands = std::sin(kTurn * x / wavelength_) + 0.35 * std::sin(3 * kTurn * x / wavelength_ + 1);
        wave_.push_back(static_cast<std::uint8_t>(78 + 26 * bands));
    }
    const int chromaRows = chromaSize(size).height;
    for (int y = 0; y < chromaRows; ++y) {
        const Yuv colour = colourOf(hue + 0.12 * y / chromaRows, 0, 40);
        rowU_.push_back(colour.u);
        rowV_.push_back(colour.v);
    }
    const int radius = std::max(4, size.height / 14);
    disc_ = renderDisc(4 * (radius / 2));
    chromaDisc_ = renderDisc(2 * (radius / 2));
    discColour_ = colourOf(hue + 0.45, 205, 60);
}

PlaneView TestPicture::plane(WritableFrame& frame, std::size_t index) {
    return {frame.data[index], frame.frame->planes[index].stride,
            index == 0 ? frame.frame->size : chromaSize(frame.frame->size)};
}

void TestPicture::fill(WritableFrame& frame, Yuv colour) {
    const std::array<std::uint8_t, 3> values{colour.y, colour.u, colour.v};
    for (std::size_t index = 0; index < 3; ++index) {
        const PlaneView view = plane(frame, index);
        std::memset(view.data, values[index], static_cast<std::size_t>(view.stride * view.size.height));
    }
}

FramePtr TestPicture::draw(std::int64_t tick) {
    WritableFrame frame = pool_.take();
    const Size size = pool_.size();
    const Duration time = rate_.tickTime(tick);
    frame.frame->pts = MediaTime(time);
    switch (pattern_) {
        case TestPattern::Moving:
            drawMoving(frame, toSeconds(time));
            drawDisc(frame, toSeconds(time));
            drawText(frame, tick, size.height / 3, size.height * 2 / 3);
            break;
        case TestPattern::Flash: fill(frame, time % std::chrono::seconds(1) < kFlash ? kWhite : kBlack); break;
        case TestPattern::Coded:
            fill(frame, kBlack);
            drawFrameCode(frame, frame.frame->pts);
            drawText(frame, tick, size.height * 11 / 16, size.height);
            break;
    }
    return std::move(frame).publish();
}

void TestPicture::drawMoving(WritableFrame& frame, double seconds) {
    const PlaneView luma = plane(frame, 0);
    const double drift = wavelength_ * fraction(seconds / 6);
    for (int y = 0; y < luma.size.height; ++y) {
        const double bend = 0.18 * wavelength_ * std::sin(kTurn * (1.1 * y / luma.size.height + seconds / 11));
        const double phase = fraction((0.5 * y + bend - drift) / wavelength_) * wavelength_;
        const auto offset = std::min(static_cast<int>(phase), wavelength_ - 1);
        std::memcpy(luma.data + y * luma.stride, wave_.data() + offset, static_cast<std::size_t>(luma.size.width));
    }
    const PlaneView u = plane(frame, 1), v = plane(frame, 2);
    for (int y = 0; y < u.size.height; ++y) {
        const auto row = static_cast<std::size_t>(y), width = static_cast<std::size_t>(u.size.width);
        std::memset(u.data + y * u.stride, rowU_[row], width);
        std::memset(v.data + y * v.stride, rowV_[row], width);
    }
}

void TestPicture::drawDisc(WritableFrame& frame, double seconds) {
    const Size room = chromaSize(frame.frame->size);
    const int diameter = chromaDisc_.size.width;
    const double x = 0.5 + 0.46 * std::sin(kTurn * seconds / 7);
    const double y = 0.5 + 0.44 * std::sin(kTurn * seconds / 5 + 1);
    const Point at{static_cast<int>(x * (room.width - diameter)), static_cast<int>(y * (room.height - diameter))};
    blend(plane(frame, 0), disc_, {2 * at.x, 2 * at.y}, discColour_.y);
    blend(plane(frame, 1), chromaDisc_, at, discColour_.u);
    blend(plane(frame, 2), chromaDisc_, at, discColour_.v);
}

void TestPicture::drawText(WritableFrame& frame, std::int64_t tick, int top, int bottom) {
    const PlaneView luma = plane(frame, 0);
    const int width = luma.size.width;
    const int height = name_.size.height + digits_[0].size.height;
    const int y = top + std::max(0, (bottom - top - height) / 2);
    blend(luma, name_, {(width - name_.size.width) / 2, y}, kWhite.y);
    constexpr int kDigits = 6;
    int x = (width - kDigits * digits_[0].size.width) / 2;
    std::int64_t divisor = 100'000;
    for (int i = 0; i < kDigits; ++i, divisor /= 10) {
        const auto& digit = digits_[static_cast<std::size_t>(tick / divisor % 10)];
        blend(luma, digit, {x, y + name_.size.height}, 210);
        x += digits_[0].size.width;
    }
}

}  // namespace tessera
