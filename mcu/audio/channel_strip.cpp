#include "mcu/audio/channel_strip.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tessera {

namespace {

/// Ramp of every change of gain, 5 ms: too slow for a click, too fast to be noticed.
constexpr int kRamp = 240;
static_assert(kRamp <= kBlockSamples);

/// The width of the stage: all the way to one side is unpleasant with headphones.
constexpr float kWidth = 0.6F;
/// From one side to the other in half a second: a change of layout is heard as a movement.
constexpr float kPlacePerTick = 0.04F;

/// What was reported counts as heard for this long after decoding began: above any playout delay in use, after which
/// the sound itself is there.
constexpr int kTrustTicks = 100;
/// Without a report for this long a source is silent: above the 60 ms of the longest common packet, below what would
/// keep a sender in discontinuous transmission (one packet in 400 ms) a talker.
constexpr int kSilentTicks = 10;
/// A sender whose reports are louder than its sound is believed less, by 20 dB per second.
constexpr float kLearnPerTick = 0.2F;
constexpr float kLoudestExaggeration = 60;
constexpr float kHonestDb = 10;

const AudioBlock kSilence{};

}  // namespace

void ChannelStrip::assign(const AudioPlanSource& source) {
    if (!belongsTo(source.feed)) {
        *this = ChannelStrip();
        feed_ = source.feed;
        source.feed->gate.want(true);
        // Another feed of a source that was heard: what it sounded like before is over.
        if (source.loudness && source.loudness->reading().shortTermLufs != kSilenceLufs) unheardTicks_ = 0;
    }
    source_ = &source;
    participant_ = source.participant;
}

bool ChannelStrip::belongsTo(const SourceFeedPtr& feed) const {
    return !feed_.owner_before(feed) && !feed.owner_before(feed_);
}

void ChannelStrip::read(MediaTime t) {
    speech_.muted = source_->muted;
    const float reported = reportedLevel();
    if (!wanted_) {
        silent_ = true;
        meter_.update(std::max(reported - exaggeration_, kSilenceDbov));
        speech_.levelDbov = meter_.level();
        return;
    }
    silent_ = !source_->feed->audio.read(t, block_);
    meter_.update(block_);
    speech_.levelDbov = meter_.level();
    if (reports_ == 0) return;
    if (++wantedTicks_ <= kTrustTicks) {
        speech_.levelDbov = std::max(speech_.levelDbov, reported - exaggeration_);
        return;
    }
    const bool exaggerates = reported - exaggeration_ > meter_.level() + kHonestDb && reported > kSpeechDbov;
    exaggeration_ =
        std::clamp(exaggeration_ + (exaggerates ? kLearnPerTick : -kLearnPerTick / 4), 0.0F, kLoudestExaggeration);
}

/// @return dBov; silence when nothing was reported lately
float ChannelStrip::reportedLevel() {
    const auto& gate = source_->feed->gate;
    const auto reports = gate.reports();
    unreportedTicks_ = reports == reports_ ? std::min(unreportedTicks_ + 1, kSilentTicks) : 0;
    reports_ = reports;
    return reports == 0 || unreportedTicks_ == kSilentTicks ? kSilenceDbov : gate.levelDbov();
}

void ChannelStrip::gate() {
    idleTicks_ = speech_.talker ? 0 : std::min(idleTicks_ + 1, kIdleTicks);
    const bool wanted = reports_ == 0 || (!speech_.muted && idleTicks_ < kIdleTicks);
    if (wanted == wanted_) return;
    wanted_ = wanted;
    wantedTicks_ = 0;
    if (wanted) source_->feed->audio.restartReading();
    source_->feed->gate.want(wanted);
}

void ChannelStrip::mix(bool stereo) {
    if (isAudible()) advance(buffer_);
    audibleBefore_ = audibleNow_;
    if (source_ == nullptr) {
        appendFadeOut();
        if (!isAudible()) feed_.reset();
    } else {
        measure();
        appendBlock(gainsAt(speech_.talker && !source_->heldBack ? source_->gain : 0, stereo));
    }
}

void ChannelStrip::measure() {
    if (source_->loudness == nullptr) return;
    const bool heard = speech_.talker && !source_->heldBack && source_->gain > 0;
    unheardTicks_ = heard ? 0 : std::min(unheardTicks_ + 1, kMeasuredTicks);
    if (unheardTicks_ < kMeasuredTicks) source_->loudness->offer(heard && !silent_ ? block_ : kSilence);
}

/// Constant power between the loudspeakers, so that a speaker who moves is as loud everywhere; unchanged in the middle.
/// @source J. Eargle, "Handbook of Recording Engineering", panoramic potentiometer: sine and cosine law
ChannelStrip::Gains ChannelStrip::gainsAt(float gain, bool stereo) {
    const float place = stereo ? source_->feed->treatment.place.load(std::memory_order_relaxed) : 0;
    place_ += std::clamp(place - place_, -kPlacePerTick, kPlacePerTick);
    if (place_ == 0) return {gain, gain};
    const float angle = (1 + kWidth * place_) * std::numbers::pi_v<float> / 4;
    return {gain * std::numbers::sqrt2_v<float> * std::cos(angle),
            gain * std::numbers::sqrt2_v<float> * std::sin(angle)};
}

void ChannelStrip::appendBlock(const Gains& target) {
    const Gains before = gains_;
    gains_ = target;
    audibleNow_ = !silent_ && (before != Gains{} || target != Gains{});
    if (!isAudible()) return;  // the last tick left silence here
    for (std::size_t channel = 0; channel < kAudioChannels; ++channel) {
        const float* from = block_.samples[channel].data();
        float* to = buffer_.samples[channel].data() + kLookahead;
        const float begin = before[channel], end = target[channel];
        for (int i = 0; i < kRamp; ++i) {
            to[i] = from[i] * (begin + (end - begin) * (static_cast<float>(i + 1) / kRamp));
        }
        for (int i = kRamp; i < kBlockSamples; ++i) to[i] = from[i] * end;
    }
}

/// What was heard last, backwards and fading: it goes on where the sound ended, without asking the feed.
void ChannelStrip::appendFadeOut() {
    static_assert(kLookahead + 2 * kRamp <= MixBuffer::kLength);  // what is read is not what is written
    gains_ = {};
    audibleNow_ = false;
    if (!audibleBefore_) return;
    for (auto& channel : buffer_.samples) {
        float* to = channel.data() + kLookahead;
        for (int i = 0; i < kRamp; ++i) {
            to[i] = channel[MixBuffer::kLength - 1 - i] * (1 - static_cast<float>(i + 1) / kRamp);
        }
        for (int i = kRamp; i < kBlockSamples; ++i) to[i] = 0;
    }
}

void ChannelStrip::publish() const {
    source_->feed->meter.publish({.levelDbov = source_->muted ? kSilenceDbov : meter_.smoothed(),
                                  .speaking = speech_.speaking,
                                  .talker = speech_.talker,
                                  .speakerRank = speech_.rank});
}

}  // namespace tessera
