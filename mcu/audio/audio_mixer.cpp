#include "mcu/audio/audio_mixer.h"

#include <algorithm>
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
    spare_.reserve(kExpectedSources);
    fresh_.reserve(kExpectedSources);
}

void AudioMixer::tick(std::int64_t k) {
    adopt(newest_.load());
    listen(MediaTime(kAudioTickRate.tickTime(k)) - plan_->playoutDelay + samplesToDuration(kLookahead));
    sum();
    for (auto& mix : mixes_) offer(*mix, k);
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

/// A mix that goes on keeps its limiter and its history; a new one begins with those of the mix that it continues.
void AudioMixer::adoptMixes() {
    adopted_.clear();
    for (const auto& planned : plan_->mixes) adopted_.push_back(takeMix(planned));
    for (auto& mix : mixes_) {
        if (mix) spare_.push_back(std::move(mix));
    }
    std::swap(mixes_, adopted_);
}

std::unique_ptr<AudioMixer::Mix> AudioMixer::takeMix(const AudioPlanMix& planned) {
    const auto find = [](auto& mixes, std::optional<int> excluded) {
        return std::find_if(mixes.begin(), mixes.end(),
                            [&](const auto& mix) { return mix && excluded == mix->excluded; });
    };
    if (const auto same = find(mixes_, planned.excludeParticipant); same != mixes_.end()) {
        (*same)->plan = &planned;
        return std::move(*same);
    }
    auto mix = spare_.empty() ? std::make_unique<Mix>() : std::move(spare_.back());
    if (!spare_.empty()) spare_.pop_back();
    const auto kept = find(adopted_, planned.continues);
    const auto ended = find(mixes_, planned.continues);
    *mix = kept != adopted_.end() ? **kept : ended != mixes_.end() ? **ended : Mix();
    mix->plan = &planned;
    mix->excluded = planned.excludeParticipant;
    mix->isNew = true;
    return mix;
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
        strip->mix(plan_->stereo);
        if (strip->isAudible()) add(sum_, strip->buffer());
    }
}

void AudioMixer::offer(Mix& mix, std::int64_t k) {
    if (mix.plan->sinks.empty()) return;
    if (std::exchange(mix.isNew, false) && mix.history.end == k) {
        auto& history = mix.history;
        for (auto past = k - history.count; past < k; ++past) {
            for (const auto& sink : mix.plan->sinks) sink->offer(history.blocks[past % History::kBlocks]);
        }
    }
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
    remember(mix);
}

void AudioMixer::remember(Mix& mix) {
    auto& history = mix.history;
    history.count = history.end == block_.index ? std::min(history.count + 1, History::kBlocks) : 1;
    history.end = block_.index + 1;
    history.blocks[static_cast<std::size_t>(block_.index % History::kBlocks)] = block_;
}

}  // namespace tessera
