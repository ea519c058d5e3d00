#include "mcu/audio/audio_mixer.h"

#include <utility>

#include "mcu/base/check.h"

namespace tessera {

namespace {

constexpr std::size_t kExpectedSources = 64;

}  // namespace

AudioMixer::AudioMixer(const Snapshot<AudioPlan>& plan) : newest_(plan) {
    strips_.reserve(kExpectedSources);
    speech_.reserve(kExpectedSources);
    mixes_.reserve(kExpectedSources);
    adopted_.reserve(kExpectedSources);
    fresh_.reserve(kExpectedSources);
}

void AudioMixer::tick(std::int64_t k) {
    adopt(newest_.load());
    listen(MediaTime(kAudioTickRate.tickTime(k)) - plan_->playoutDelay + samplesToDuration(kLookahead));
    sum();
    for (Mix& mix : mixes_) offer(mix, k);
}

void AudioMixer::adopt(std::shared_ptr<const AudioPlan> plan) {
    if (plan == plan_) return;
    plan_ = std::move(plan);
    adoptSources();
    adoptMixes();
}

/// Known sources find their strips first, so that no new one takes a strip that is only silent.
void AudioMixer::adoptSources() {
    for (auto& strip : strips_) strip->release();
    fresh_.clear();
    std::size_t likely = 0;  // sources mostly keep their order
    for (const auto& source : plan_->sources) {
        TESSERA_CHECK(source.feed != nullptr);
        ChannelStrip* strip = find(source.feed, likely);
        if (strip == nullptr) {
            fresh_.push_back(&source);
        } else {
            strip->assign(source);
        }
    }
    for (const auto* source : fresh_) freeStrip().assign(*source);
    speech_.clear();
    for (auto& strip : strips_) {
        if (strip->hasSource()) speech_.push_back(&strip->speech());
    }
}

/// @param likely  where to look first; becomes the index after what was found
ChannelStrip* AudioMixer::find(const SourceFeedPtr& feed, std::size_t& likely) {
    for (std::size_t i = 0; i < strips_.size(); ++i) {
        const std::size_t at = (likely + i) % strips_.size();
        if (!strips_[at]->belongsTo(feed)) continue;
        likely = at + 1;
        return strips_[at].get();
    }
    return nullptr;
}

ChannelStrip& AudioMixer::freeStrip() {
    for (auto& strip : strips_) {
        if (strip->isFree()) return *strip;
    }
    strips_.push_back(std::make_unique<ChannelStrip>());
    return *strips_.back();
}

/// A mix that goes on keeps its limiter. A new one goes on with that of the full mix, which its listeners heard before.
void AudioMixer::adoptMixes() {
    adopted_.clear();
    for (const auto& planned : plan_->mixes) {
        Mix adopted{.plan = &planned, .limiter = {}, .excluded = planned.excludeParticipant};
        for (const Mix& mix : mixes_) {
            if (mix.excluded == kNobody) adopted.limiter = mix.limiter;
        }
        for (const Mix& mix : mixes_) {
            if (mix.excluded == planned.excludeParticipant) adopted.limiter = mix.limiter;
        }
        adopted_.push_back(adopted);
    }
    std::swap(mixes_, adopted_);
}

void AudioMixer::listen(MediaTime t) {
    for (auto& strip : strips_) {
        if (strip->hasSource()) strip->read(t);
    }
    ranking_.update(speech_);
    selectTalkers(speech_, plan_->talkers);
    for (auto& strip : strips_) {
        if (!strip->hasSource()) continue;
        strip->gate();
        strip->publish();
    }
}

void AudioMixer::sum() {
    sum_ = MixBuffer();
    for (auto& strip : strips_) {
        strip->mix();
        if (strip->isAudible()) add(sum_, strip->buffer());
    }
}

void AudioMixer::offer(Mix& mix, std::int64_t k) {
    if (mix.plan->sinks.empty()) return;
    const MixBuffer* heard = &sum_;
    for (const auto& strip : strips_) {
        if (mix.excluded == kNobody || strip->participant() != mix.excluded || !strip->isAudible()) continue;
        if (heard == &sum_) minus_ = sum_;
        heard = &minus_;
        subtract(minus_, strip->buffer());
    }
    mix.limiter.process(*heard, block_);
    block_.index = k;
    for (const auto& sink : mix.plan->sinks) sink->offer(block_);
}

}  // namespace tessera
