#include "mcu/audio/loudness_normalizer.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tessera {

namespace {

constexpr int kRiderBlocks = 10;  // GainRider wants 100 ms

float toLinear(float db) {
    return std::pow(10.0F, db / 20);
}

}  // namespace

LoudnessNormalizer::LoudnessNormalizer(std::shared_ptr<LoudnessMeter> meter, float targetLufs)
    : meter_(std::move(meter)), rider_(targetLufs), gain_(toLinear(rider_.gainDb())) {}

const AudioBlock* LoudnessNormalizer::process(const AudioBlock& block) {
    const bool followsOn = block.index == ridden_.index + 1;
    const bool held = std::exchange(holds_, true);
    if (held && !followsOn) {
        // What is missing counts as silence, and the limiter begins anew after it.
        limiter_.process(AudioBlock(), out_);
        limiter_ = TruePeakLimiter();
    }
    ride(block);
    if (held && followsOn) {
        limiter_.process(ridden_, out_);
    } else {
        AudioBlock nothing;
        limiter_.process(ridden_, nothing);
    }
    return held ? &out_ : nullptr;
}

void LoudnessNormalizer::ride(const AudioBlock& block) {
    meter_->offer(block);
    if (++blocks_ == kRiderBlocks) {
        blocks_ = 0;
        rider_.update(meter_->reading().momentaryLufs);
    }
    const float before = gain_;
    // Follows within 50 ms, so that steps of the rider are not heard.
    const float wanted = toLinear(rider_.gainDb());
    gain_ += std::abs(wanted - gain_) < 1e-5F ? wanted - gain_ : (wanted - gain_) / 5;
    ridden_ = block;
    if (before == 1 && gain_ == 1) return;
    const float step = (gain_ - before) / kBlockSamples;
    for (auto& channel : ridden_.samples) {
        for (int i = 0; i < kBlockSamples; ++i) channel[i] *= before + step * static_cast<float>(i + 1);
    }
}

}  // namespace tessera
