#include "tests/support/whip_client/received_media.h"

#include <cmath>
#include <cstdlib>
#include <numbers>
#include <span>

namespace webrtc_client {
namespace {

constexpr std::size_t kKeptSamples = 96000;
/// 100 ms. Long windows would miss a tone that drift correction shifts by a few hertz.
constexpr std::size_t kWindow = 4800;

double windowAmplitude(std::span<const float> samples, double frequencyHz) {
    const double omega = 2 * std::numbers::pi * frequencyHz / 48000;
    const double coefficient = 2 * std::cos(omega);
    const auto count = static_cast<double>(samples.size());
    double s1 = 0, s2 = 0, windowSum = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const double window = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) / count);
        const double s0 = window * static_cast<double>(samples[i]) + coefficient * s1 - s2;
        s2 = s1;
        s1 = s0;
        windowSum += window;
    }
    return 2 * std::sqrt(std::max(0.0, s1 * s1 + s2 * s2 - coefficient * s1 * s2)) / windowSum;
}

}  // namespace

double toneAmplitude(const std::vector<float>& samples, double frequencyHz) {
    double power = 0;
    std::size_t windows = 0;
    for (std::size_t at = 0; at + kWindow <= samples.size(); at += kWindow, ++windows) {
        const double amplitude = windowAmplitude(std::span(samples).subspan(at, kWindow), frequencyHz);
        power += amplitude * amplitude;
    }
    return windows > 0 ? std::sqrt(power / static_cast<double>(windows)) : 0;
}

void ReceivedMedia::addPicture(const std::uint8_t* luma, int width, int height, int stride) {
    const std::lock_guard lock(mutex_);
    const auto pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    const bool isSameSize = previous_.size() == pixels;
    previous_.resize(pixels);
    std::array<double, Received::kGrid * Received::kGrid> sums{}, counts{};
    double difference = 0;
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const int value = luma[y * stride + x];
            auto& before =
                previous_[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
            difference += std::abs(value - before);
            before = static_cast<std::uint8_t>(value);
            const auto field =
                static_cast<std::size_t>(y * Received::kGrid / height * Received::kGrid + x * Received::kGrid / width);
            sums[field] += value;
            counts[field] += 1;
        }
    }
    double total = 0;
    for (std::size_t i = 0; i < sums.size(); ++i) {
        received_.fields[i] = counts[i] > 0 ? sums[i] / counts[i] : 0;
        total += sums[i];
    }
    ++received_.frames;
    received_.width = width;
    received_.height = height;
    received_.meanLuma = total / static_cast<double>(pixels);
    if (isSameSize) motionSum_ += difference / static_cast<double>(pixels);
    received_.motion = received_.frames > 1 ? motionSum_ / static_cast<double>(received_.frames - 1) : 0;
}

void ReceivedMedia::addSound(const float* mono, std::size_t samples) {
    const std::lock_guard lock(mutex_);
    auto& newest = received_.newestAudio;
    received_.audioSamples += samples;
    newest.insert(newest.end(), mono, mono + samples);
    if (newest.size() > kKeptSamples) {
        newest.erase(newest.begin(), newest.end() - static_cast<std::ptrdiff_t>(kKeptSamples));
    }
}

Received ReceivedMedia::snapshot() const {
    const std::lock_guard lock(mutex_);
    return received_;
}

std::uint64_t ReceivedMedia::frames() const {
    const std::lock_guard lock(mutex_);
    return received_.frames;
}

std::uint64_t ReceivedMedia::audioSamples() const {
    const std::lock_guard lock(mutex_);
    return received_.audioSamples;
}

}  // namespace webrtc_client
