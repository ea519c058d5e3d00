#pragma once

#include <cstdint>

#include "mcu/audio/audio_plan.h"
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
    ~AudioMixer();

    /// Makes block k of every mix and publishes every source's meter.
    ///
    /// @param k  grows from call to call; ticks may be skipped
    /// @thread audio-tick; no allocation while there are no more sources or mixes than ever before
    void tick(std::int64_t k);
};

}  // namespace tessera
