#pragma once

#include <memory>

#include "mcu/audio/audio_plan.h"
#include "mcu/audio/level_meter.h"
#include "mcu/audio/mix.h"
#include "mcu/audio/speaker_ranking.h"

namespace tessera {

/// What the mixer keeps of one source from tick to tick: its newest sound with gain applied, its level, its speech. A
/// source that goes away is faded out by its strip alone; the feed is not touched any more. Not thread-safe.
class ChannelStrip {
public:
    /// Takes a source, the same or another than before. @param source  outlives the next call of `read` and `mix`
    void assign(const AudioPlanSource& source);

    /// The source has left the plan.
    void release() { source_ = nullptr; }

    /// True when the strip's sound is that of this feed. A feed at the address of a dead one is another feed.
    bool belongsTo(const SourceFeedPtr& feed) const;

    /// True when there is nothing more to be heard of the strip's last source.
    bool isFree() const { return source_ == nullptr && !isAudible(); }

    /// Reads and measures the sound of [t, t + 10 ms), or takes the level that the edge reports when the source is not
    /// decoded. Only while the strip has a source.
    void read(MediaTime t);

    /// After the talkers are chosen: tells the edge whether to decode. Only while the strip has a source.
    void gate();

    /// Puts what was read, its loudness measured, behind the look-ahead that is there already. Changes of gain, and the
    /// end, take 5 ms.
    /// @param stereo  the sound comes from where its source is seen
    void mix(bool stereo);

    /// Lets anybody see level, speech and rank. Only while the strip has a source.
    void publish() const;

    const MixBuffer& buffer() const { return buffer_; }
    /// True when `buffer` holds anything but silence.
    bool isAudible() const { return audibleNow_ || audibleBefore_; }
    int participant() const { return participant_; }
    bool hasSource() const { return source_ != nullptr; }
    SpeechActivity& speech() { return speech_; }

private:
    /// A source stays decoded for this long after it was a talker, 2 s: above the pauses between sentences, so that
    /// decoders do not start anew with each of them.
    static constexpr int kIdleTicks = 200;
    /// A source that is no longer heard is measured as silence for this long, 3.1 s: then no loudness window holds any
    /// of its sound. @source EBU Tech 3341: short-term loudness
    static constexpr int kMeasuredTicks = 310;

    float reportedLevel();
    void measure();
    using Gains = std::array<float, kAudioChannels>;
    Gains gainsAt(float gain, bool stereo);
    void appendBlock(const Gains& target);
    void appendFadeOut();

    // Borrowed
    const AudioPlanSource* source_ = nullptr;  ///< from the mixer's plan; null = has left
    // State
    std::weak_ptr<SourceFeed> feed_;
    int participant_ = kNobody;
    AudioBlock block_;
    bool silent_ = true;  ///< `block_` is
    MixBuffer buffer_;
    Gains gains_{};    ///< at the end of `buffer_`
    float place_ = 0;  ///< follows the source's
    bool audibleNow_ = false;
    bool audibleBefore_ = false;
    LevelMeter meter_;
    SpeechActivity speech_;
    int unheardTicks_ = kMeasuredTicks;  ///< since what is heard was measured
    bool wanted_ = true;                 ///< what the edge was told
    int wantedTicks_ = 0;                ///< since it changed to true
    int idleTicks_ = kIdleTicks;         ///< since the source was a talker
    std::uint64_t reports_ = 0;          ///< of the gate, when one came last
    int unreportedTicks_ = 0;            ///< since then
    float exaggeration_ = 0;             ///< dB by which reports have been above what was heard then
};

}  // namespace tessera
