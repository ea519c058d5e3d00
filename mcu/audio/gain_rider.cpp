#include "mcu/audio/gain_rider.h"

#include <algorithm>
#include <cmath>

namespace tessera {

namespace {

/// What is this much quieter than the programme does not count. @source ITU-R BS.1770-4: relative gate of -10 LU
constexpr double kRelativeGate = 0.1;
/// Ten seconds of sound: above a few sentences, so that the gain does not follow words; below a change of speaker that
/// one would reach for the knob for.
constexpr int kMemory = 100;
/// Sound of 5 s that is all below the relative gate is the programme, which has become quieter: above a pause that is
/// filled with something.
constexpr int kPatience = 50;
/// Three seconds of sound, as short-term loudness: until then it is searching.
constexpr int kSearching = 30;
/// One second of sound must be known before anything is raised: the first readings hold silence as well.
constexpr int kKnownEnough = 10;

// dB per 100 ms.
constexpr float kSearchUp = 1.0F;    // 10 dB/s
constexpr float kSearchDown = 2.0F;  // 20 dB/s: what is far too loud is so at once
/// 1 dB/s: below what is noticed as a change of level within a word, and 20 dB are made up for within a speech.
constexpr float kUp = 0.1F;
/// 3 dB/s: sound that is too loud is worse than sound that is too quiet.
constexpr float kDown = 0.3F;

}  // namespace

float GainRider::update(float momentaryLufs) {
    if (momentaryLufs < kGateLufs) return gainDb_;
    learn(momentaryLufs);
    if (leftOut_ == 0) move();
    return gainDb_;
}

void GainRider::learn(float momentaryLufs) {
    const double power = std::pow(10.0, momentaryLufs / 10);
    if (power < power_ * kRelativeGate && ++leftOut_ < kPatience) return;
    if (leftOut_ >= kPatience) power_ = power;
    leftOut_ = 0;
    counted_ = std::min(counted_ + 1, kMemory);
    heard_ = std::min(heard_ + 1, kSearching);
    power_ += (power - power_) / counted_;
}

void GainRider::move() {
    const bool searching = heard_ < kSearching;
    const float up = heard_ < kKnownEnough ? 0 : searching ? kSearchUp : kUp;
    const float down = searching ? kSearchDown : kDown;
    const float wanted = targetLufs_ - static_cast<float>(10 * std::log10(power_));
    gainDb_ = std::clamp(wanted, std::max(gainDb_ - down, kLowestDb), std::min(gainDb_ + up, kHighestDb));
}

}  // namespace tessera
