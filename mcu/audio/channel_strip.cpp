#include "mcu/audio/channel_strip.h"

namespace tessera {

namespace {

/// Ramp of every change of gain, 5 ms: too slow for a click, too fast to be noticed.
constexpr int kRamp = 240;
static_assert(kRamp <= kBlockSamples);

}  // namespace

void ChannelStrip::assign(const AudioPlanSource& source) {
    if (!belongsTo(source.feed)) {
        *this = ChannelStrip();
        feed_ = source.feed;
    }
    source_ = &source;
    participant_ = source.participant;
}

bool ChannelStrip::belongsTo(const SourceFeedPtr& feed) const {
    return !feed_.owner_before(feed) && !feed.owner_before(feed_);
}

void ChannelStrip::read(MediaTime t) {
    silent_ = !source_->feed->audio.read(t, block_);
    meter_.update(block_);
    speech_.levelDbov = meter_.level();
    speech_.muted = source_->muted;
}

void ChannelStrip::mix() {
    if (isAudible()) advance(buffer_);
    audibleBefore_ = audibleNow_;
    if (source_ == nullptr) {
        appendFadeOut();
        if (!isAudible()) feed_.reset();
    } else {
        appendBlock(speech_.talker && !source_->heldBack ? source_->gain : 0);
    }
}

void ChannelStrip::appendBlock(float target) {
    const float before = gain_;
    gain_ = target;
    audibleNow_ = !silent_ && (before != 0 || target != 0);
    if (!isAudible()) return;  // the last tick left silence here
    for (int channel = 0; channel < kAudioChannels; ++channel) {
        const float* from = block_.samples[channel].data();
        float* to = buffer_.samples[channel].data() + kLookahead;
        for (int i = 0; i < kRamp; ++i) {
            to[i] = from[i] * (before + (target - before) * (static_cast<float>(i + 1) / kRamp));
        }
        for (int i = kRamp; i < kBlockSamples; ++i) to[i] = from[i] * target;
    }
}

/// What was heard last, backwards and fading: it goes on where the sound ended, without asking the feed.
void ChannelStrip::appendFadeOut() {
    static_assert(kLookahead + 2 * kRamp <= MixBuffer::kLength);  // what is read is not what is written
    gain_ = 0;
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
