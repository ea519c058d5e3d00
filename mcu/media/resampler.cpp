#include "mcu/media/resampler.h"

#include <array>
#include <cmath>
#include <numbers>

namespace tessera {

namespace {

constexpr int kPhases = 256;
constexpr double kKaiserBeta = 8.0;
constexpr std::size_t kLanes = 4;

/// Modified Bessel function of the first kind, order zero, by its power series.
double besselI0(double x) {
    double sum = 1, term = 1;
    for (int k = 1; k < 40; ++k) {
        term *= (x / (2 * k)) * (x / (2 * k));
        sum += term;
    }
    return sum;
}

double windowedSinc(double x) {
    const double edge = x / Resampler::kHalf;
    if (std::abs(edge) >= 1) return 0;
    const double angle = std::numbers::pi * x;
    const double sinc = std::abs(x) < 1e-9 ? 1 : std::sin(angle) / angle;
    return sinc * besselI0(kKaiserBeta * std::sqrt(1 - edge * edge)) / besselI0(kKaiserBeta);
}

using Phase = std::array<float, Resampler::kTaps>;
using Table = std::array<Phase, kPhases + 1>;

/// Each phase sums to one, so that a constant stays constant.
Table makeTable() {
    Table table{};
    for (int phase = 0; phase <= kPhases; ++phase) {
        std::array<double, Resampler::kTaps> taps{};
        double sum = 0;
        for (int tap = 0; tap < Resampler::kTaps; ++tap) {
            const double distance = tap - (Resampler::kHalf - 1) - static_cast<double>(phase) / kPhases;
            sum += taps[tap] = windowedSinc(distance);
        }
        for (int tap = 0; tap < Resampler::kTaps; ++tap) table[phase][tap] = static_cast<float>(taps[tap] / sum);
    }
    return table;
}

const Table& table() {
    static const Table instance = makeTable();
    return instance;
}

}  // namespace

Resampler::Resampler() {
    table();
    restart();
}

void Resampler::restart() {
    input_.assign(2 * kHalf, 0.0F);
    position_ = kHalf;
}

void Resampler::push(const float* interleaved, std::size_t count) {
    input_.insert(input_.end(), interleaved, interleaved + 2 * count);
}

std::size_t Resampler::pull(double step, std::vector<float>& output) {
    const auto before = output.size();
    if (step == 1.0 && position_ == std::floor(position_)) {
        copyWhole(output);
    } else {
        const auto last = static_cast<double>(frames()) - kHalf - 1;
        for (; position_ <= last; position_ += step) {
            output.resize(output.size() + 2);
            interpolate(output.data() + output.size() - 2);
        }
    }
    discardUsed();
    return (output.size() - before) / 2;
}

std::size_t Resampler::copyWhole(std::vector<float>& output) {
    const auto first = static_cast<std::size_t>(position_);
    if (first >= frames()) return 0;
    output.insert(output.end(), input_.begin() + static_cast<std::ptrdiff_t>(2 * first), input_.end());
    position_ = static_cast<double>(frames());
    return frames() - first;
}

void Resampler::interpolate(float* output) const {
    const auto whole = static_cast<std::size_t>(position_);
    const double scaled = (position_ - static_cast<double>(whole)) * kPhases;
    const auto phase = static_cast<std::size_t>(scaled);
    const auto fraction = static_cast<float>(scaled - static_cast<double>(phase));
    const Table& phases = table();
    const Phase& lower = phases[phase];
    const Phase& upper = phases[phase + 1];
    const float* input = input_.data() + 2 * (whole - (kHalf - 1));
    // Independent sums, so that the compiler may use vector registers without changing the result.
    std::array<float, kLanes> left{}, right{};
    for (std::size_t tap = 0; tap < kTaps; tap += kLanes) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            const std::size_t at = tap + lane;
            const float weight = lower[at] + fraction * (upper[at] - lower[at]);
            left[lane] += weight * input[2 * at];
            right[lane] += weight * input[2 * at + 1];
        }
    }
    output[0] = (left[0] + left[2]) + (left[1] + left[3]);
    output[1] = (right[0] + right[2]) + (right[1] + right[3]);
}

void Resampler::discardUsed() {
    const auto whole = static_cast<std::size_t>(position_);
    if (whole <= kHalf) return;
    const auto used = whole - kHalf;
    input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(2 * used));
    position_ -= static_cast<double>(used);
}

}  // namespace tessera
