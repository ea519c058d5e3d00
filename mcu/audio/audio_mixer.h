#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "mcu/audio/audio_plan.h"
#include "mcu/audio/channel_strip.h"
#include "mcu/audio/limiter.h"
#include "mcu/audio/speaker_ranking.h"
#include "mcu/base/snapshot.h"

namespace tessera {

/// Mixes the sound of a meeting: on each tick it reads every source of the newest plan, chooses the talkers, sums them
/// once, and offers to the sinks of each mix the sum less its participant's own sound, limited on its own. Owns no
/// thread and asks no clock.
///
/// A source that is muted, unmuted, added, removed, changed in gain, or enters or leaves the talkers is ramped over
/// 5 ms. The limiter's look-ahead is made up for by reading that much earlier, so nothing is late: sound with pts t is
/// in the output at exactly t + playoutDelay.
class AudioMixer {
public:
    /// @param plan  outlives the mixer
    explicit AudioMixer(const Snapshot<AudioPlan>& plan);

    /// Makes block k of every mix and publishes every source's meter. The mixer holds the plan until the next tick.
    ///
    /// @param k  grows from call to call; ticks may be skipped
    /// @thread audio-tick; no allocation while there are no more sources or mixes than ever before
    void tick(std::int64_t k);

private:
    /// The newest blocks of a mix. A new mix that continues another gives them to its sinks first, so that an encoder
    /// which was forked a few ticks ago misses none.
    struct History {
        static constexpr std::int64_t kBlocks = 8;
        std::array<AudioBlock, kBlocks> blocks;  ///< block k is at k mod kBlocks
        std::int64_t end = 0;                    ///< after the newest
        std::int64_t count = 0;                  ///< without a gap before `end`
    };
    struct Mix {
        const AudioPlanMix* plan = nullptr;  ///< of `plan_`
        Limiter limiter;
        int excluded = kNobody;
        bool isNew = false;
        History history;
    };

    void adopt(std::shared_ptr<const AudioPlan> plan);
    void adoptSources();
    void adoptMixes();
    ChannelStrip* find(const SourceFeedPtr& feed, std::size_t& likely);
    ChannelStrip& freeStrip();
    void listen(MediaTime t);
    void sum();
    void offer(Mix& mix, std::int64_t k);
    void remember(Mix& mix);
    std::unique_ptr<Mix> takeMix(const AudioPlanMix& planned);

    // Borrowed
    const Snapshot<AudioPlan>& newest_;
    // State
    std::shared_ptr<const AudioPlan> plan_;
    std::vector<std::unique_ptr<ChannelStrip>> strips_;  ///< of sources, or fading, or free
    std::vector<SpeechActivity*> speech_;                ///< of the strips that have a source
    std::vector<std::unique_ptr<Mix>> mixes_;
    std::vector<std::unique_ptr<Mix>> adopted_;  ///< scratch
    std::vector<std::unique_ptr<Mix>> spare_;    ///< of earlier plans
    std::vector<const AudioPlanSource*> fresh_;  ///< scratch
    SpeakerRanking ranking_;
    MixBuffer sum_;
    MixBuffer minus_;
    AudioBlock block_;
};

}  // namespace tessera
