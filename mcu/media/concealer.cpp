#include "mcu/media/concealer.h"

#include <algorithm>
#include <cmath>

#include "mcu/base/check.h"

namespace tessera {

namespace {

constexpr int kShortestPeriod = 240;  // 5 ms
constexpr int kLongestPeriod = 720;   // 15 ms
constexpr int kCompared = 480;        // 10 ms are compared to find the period
constexpr int kHoldFrames = 480;      // full level for 10 ms
constexpr int kEndFrames = 2880;      // silence from 60 ms
constexpr int kReturnFrames = 240;    // crossfade back, 5 ms
constexpr int kOnsetFrames = 120;     // crossfade from the reversal to the repetition, 2.5 ms
constexpr int kCoarse = 4;            // the first search looks at every 4th lag and sample
constexpr std::size_t kKept = 2048;   // frames of the past; a power of two
static_assert(kKept >= 2 * kLongestPeriod && kKept >= kCompared + kLongestPeriod);

float levelAt(int age) {
    if (age < kHoldFrames) return 1;
    if (age >= kEndFrames) return 0;
    return static_cast<float>(kEndFrames - age) / (kEndFrames - kHoldFrames);
}

}  // namespace

Concealer::Concealer() : output_(kKept), cycle_(kLongestPeriod), onset_(kOnsetFrames) {
    reset();
}

void Concealer::reset() {
    std::fill(output_.begin(), output_.end(), Frame{});
    written_ = kKept;
    state_ = State::Concealing;
    period_ = 0;
    age_ = kEndFrames;
    returning_ = 0;
}

void Concealer::breakContinuity() {
    if (state_ == State::Playing) begin();
    state_ = State::Concealing;
}

Concealer::Outcome Concealer::process(std::span<const float> interleaved, std::span<const std::uint8_t> present,
                                      AudioBlock& block) {
    TESSERA_CHECK(interleaved.size() == 2 * kBlockSamples && present.size() == kBlockSamples);
    if (state_ == State::Playing && returning_ == 0 && std::find(present.begin(), present.end(), 0) == present.end()) {
        passThrough(interleaved, block);
        return {.audible = true, .concealed = false};
    }
    Outcome outcome;
    for (std::size_t i = 0; i < kBlockSamples; ++i) {
        Frame frame{interleaved[2 * i], interleaved[2 * i + 1]};
        if (present[i] == 0) {
            if (state_ == State::Playing) begin();
            outcome.concealed |= !isSilent();
            frame = conceal();
        } else {
            if (state_ == State::Concealing) returning_ = kReturnFrames;
            state_ = State::Playing;
            outcome.audible = true;
        }
        if (state_ == State::Playing && returning_ > 0) {
            const Frame old = conceal();
            const float weight = static_cast<float>(returning_--) / (kReturnFrames + 1);
            frame.left += weight * (old.left - frame.left);
            frame.right += weight * (old.right - frame.right);
        }
        output_[written_++ % kKept] = frame;
        block.samples[0][i] = frame.left;
        block.samples[1][i] = frame.right;
    }
    outcome.audible |= outcome.concealed;
    return outcome;
}

void Concealer::passThrough(std::span<const float> interleaved, AudioBlock& block) {
    for (std::size_t i = 0; i < kBlockSamples; ++i) {
        block.samples[0][i] = interleaved[2 * i];
        block.samples[1][i] = interleaved[2 * i + 1];
        output_[written_++ % kKept] = {interleaved[2 * i], interleaved[2 * i + 1]};
    }
}

/// @param ago  1 = the newest frame
Concealer::Frame Concealer::heard(std::size_t ago) const {
    return output_[(written_ - ago) % kKept];
}

bool Concealer::isSilent() const {
    return period_ == 0 || age_ >= kEndFrames;
}

void Concealer::begin() {
    state_ = State::Concealing;
    age_ = 0;
    returning_ = 0;
    period_ = findPeriod();
    for (int i = 0; i < kOnsetFrames; ++i) onset_[i] = heard(1 + i);
    // The period's last quarter turns into what preceded the period, so that its end fits its beginning.
    const int overlap = period_ / 4;
    for (int i = 0; i < period_; ++i) {
        cycle_[i] = heard(period_ - i);
        const int into = i - (period_ - overlap);
        if (into < 0) continue;
        const float weight = static_cast<float>(into + 1) / static_cast<float>(overlap + 1);
        const Frame before = heard(2 * period_ - i);
        cycle_[i].left += weight * (before.left - cycle_[i].left);
        cycle_[i].right += weight * (before.right - cycle_[i].right);
    }
}

int Concealer::findPeriod() const {
    int best = kShortestPeriod;
    double highest = -1;
    const auto consider = [&](int lag) {
        const double value = similarity(lag);
        if (value > highest) {
            highest = value;
            best = lag;
        }
    };
    for (int lag = kShortestPeriod; lag <= kLongestPeriod; lag += kCoarse) consider(lag);
    const int around = best;
    for (int lag = around - kCoarse + 1; lag < around + kCoarse; ++lag) {
        if (lag >= kShortestPeriod && lag <= kLongestPeriod) consider(lag);
    }
    return best;
}

/// Normalised cross-correlation of the newest sound with that of `lag` frames before, on every 4th frame.
double Concealer::similarity(int lag) const {
    float product = 0, energy = 1e-9F;
    for (int i = 1; i <= kCompared; i += kCoarse) {
        const Frame now = heard(i), then = heard(i + lag);
        const float a = now.left + now.right, b = then.left + then.right;
        product += a * b;
        energy += b * b;
    }
    return product / std::sqrt(energy);
}

Concealer::Frame Concealer::conceal() {
    if (isSilent()) return {};
    Frame frame = cycle_[age_ % period_];
    if (age_ < kOnsetFrames) {
        const float weight = static_cast<float>(kOnsetFrames - age_) / (kOnsetFrames + 1);
        frame.left += weight * (onset_[age_].left - frame.left);
        frame.right += weight * (onset_[age_].right - frame.right);
    }
    const float level = levelAt(age_++);
    return {frame.left * level, frame.right * level};
}

}  // namespace tessera
