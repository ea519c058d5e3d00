#include "mcu/audio/speaker_ranking.h"

#include <algorithm>

namespace tessera {

namespace {

constexpr int kTickMs = 10;
constexpr int kPauseMs = 5;              // speechMs lost per tick of pause
constexpr int kOnsetMs = 300;            // longer than a cough or a key press, shorter than a short answer
constexpr int kMostSpeechMs = 500;       // speaking ends after a second of pause
constexpr int kLongestCount = kNeverMs;  // keeps the counters from overflowing
constexpr float kLouderDb = 3;
constexpr int kTakeoverMs = 300;
constexpr int kActiveMs = 1000;
constexpr float kRisePerTick = 0.18F;  // time constant 50 ms: a syllable
constexpr float kFallPerTick = 0.02F;  // time constant 500 ms: the pauses between words
constexpr float kAudibleDbov = -80;
constexpr int kTalkerHoldMs = 3000;
constexpr float kReplaceDb = 6;
constexpr int kQuietMs = 1000;

void listen(SpeechActivity& source) {
    const float level = source.muted ? kSilenceDbov : source.levelDbov;
    const bool speech = level > kSpeechDbov;
    const float heard = std::max(level, kAudibleDbov);
    source.loudness += (heard - source.loudness) * (heard > source.loudness ? kRisePerTick : kFallPerTick);
    source.speechMs = std::clamp(source.speechMs + (speech ? kTickMs : -kPauseMs), 0, kMostSpeechMs);
    source.quietMs = speech ? 0 : std::min(source.quietMs + kTickMs, kLongestCount);
    source.inaudibleMs = level > kAudibleDbov ? 0 : std::min(source.inaudibleMs + kTickMs, kLongestCount);
    if (source.muted) source.speechMs = 0;
    if (source.speechMs >= kOnsetMs) source.speaking = true;
    if (source.speechMs == 0) source.speaking = false;
}

bool isQuieter(const SpeechActivity* a, const SpeechActivity* b) {
    return a->loudness < b->loudness;
}

SpeechActivity* find(std::span<SpeechActivity* const> sources, bool talker, bool loudest) {
    SpeechActivity* found = nullptr;
    for (SpeechActivity* source : sources) {
        if (source->talker != talker || source->muted || source->inaudibleMs >= kTalkerHoldMs) continue;
        if (!talker && source->inaudibleMs > 0) continue;
        if (found == nullptr || (loudest ? isQuieter(found, source) : isQuieter(source, found))) found = source;
    }
    return found;
}

bool mayReplace(const SpeechActivity& candidate, const SpeechActivity& talker) {
    if (candidate.loudness > talker.loudness + kReplaceDb) return true;
    return candidate.quietMs == 0 && candidate.speechMs >= kOnsetMs / 6 && talker.quietMs >= kQuietMs;
}

}  // namespace

void SpeakerRanking::update(std::span<SpeechActivity* const> sources) {
    SpeechActivity* active = nullptr;
    SpeechActivity* challenger = nullptr;
    for (SpeechActivity* source : sources) {
        listen(*source);
        if (source->speaking && source->spoke == 0) source->spoke = -++firstWords_;
        if (source->spoke > 0 && (active == nullptr || source->spoke > active->spoke)) active = source;
    }
    for (SpeechActivity* source : sources) {
        if (source == active || !source->speaking) continue;
        if (challenger == nullptr || isQuieter(challenger, source)) challenger = source;
    }
    for (SpeechActivity* source : sources) {
        if (source != challenger) source->challengeMs = 0;
    }
    activeMs_ = std::min(activeMs_ + kTickMs, kLongestCount);
    if (challenger != nullptr) challenge(active, challenger);
    assignRanks(sources);
}

void SpeakerRanking::challenge(SpeechActivity* active, SpeechActivity* challenger) {
    const bool contested = active != nullptr && active->speaking;
    const bool louder = contested && challenger->loudness > active->loudness + kLouderDb;
    challenger->challengeMs = louder ? challenger->challengeMs + kTickMs : 0;
    if (contested && (challenger->challengeMs < kTakeoverMs || activeMs_ < kActiveMs)) return;
    challenger->spoke = ++takeovers_;
    challenger->challengeMs = 0;
    activeMs_ = 0;
}

void SpeakerRanking::assignRanks(std::span<SpeechActivity* const> sources) {
    order_.clear();
    for (SpeechActivity* source : sources) {
        source->rank = -1;
        if (source->spoke != 0) order_.push_back(source);
    }
    std::sort(order_.begin(), order_.end(), [](const auto* a, const auto* b) { return a->spoke > b->spoke; });
    for (std::size_t i = 0; i < order_.size(); ++i) order_[i]->rank = static_cast<int>(i);
}

void selectTalkers(std::span<SpeechActivity* const> sources, int most) {
    int count = 0, audible = 0;
    most = std::max(most, 0);
    for (SpeechActivity* source : sources) {
        if (!source->muted && source->inaudibleMs < kTalkerHoldMs) ++audible;
    }
    const bool crowded = audible > most;
    for (SpeechActivity* source : sources) {
        const bool gone = source->inaudibleMs >= kTalkerHoldMs || (crowded && source->quietMs >= kTalkerHoldMs);
        if (source->muted || gone) source->talker = false;
        if (source->talker) ++count;
    }
    for (; count > most; --count) find(sources, true, false)->talker = false;
    for (; count < most; ++count) {
        SpeechActivity* candidate = find(sources, false, true);
        if (candidate == nullptr || (crowded && candidate->quietMs >= kTalkerHoldMs)) return;
        candidate->talker = true;
    }
    SpeechActivity* candidate = find(sources, false, true);
    SpeechActivity* quietest = find(sources, true, false);
    if (candidate == nullptr || quietest == nullptr || !mayReplace(*candidate, *quietest)) return;
    if (crowded && candidate->quietMs >= kTalkerHoldMs) return;
    candidate->talker = true;
    quietest->talker = false;
}

}  // namespace tessera
