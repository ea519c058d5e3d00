#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "mcu/base/stats.h"
#include "mcu/base/sync.h"
#include "mcu/media/audio_block.h"

namespace tessera {

/// The sound of one source on the meeting's timeline: written with timestamps by its media thread, read in 10 ms blocks
/// by the audio tick. Bounded (kCapacity), so delay never grows.
///
/// What a reader gets for block t is the sound with pts t, whatever was written when: small differences between the
/// sender's clock and ours are removed by resampling (at most 0.5 %), larger jumps by a step with a short crossfade;
/// what is missing is concealed (faded repetition, then silence) and counted.
/// @thread write: one media thread; read: audio-tick
class SampleQueue {
public:
    static constexpr Duration kCapacity = std::chrono::milliseconds(1000);

    SampleQueue();

    /// Appends sound. Sound that is later than its read time is dropped.
    ///
    /// @param pts          of the first sample
    /// @param interleaved  stereo, 48 kHz, full scale +-1.0; `frames` x 2 floats
    void write(MediaTime pts, const float* interleaved, std::size_t frames) EXCLUDES(mutex_);

    /// Fills `block` with the sound of [t, t + 10 ms).
    /// @return false when there was nothing but silence: the source never wrote, or has been silent beyond concealment
    bool read(MediaTime t, AudioBlock& block) EXCLUDES(mutex_);

    /// Forgets everything, as after the end of a stream.
    void clear() EXCLUDES(mutex_);

    std::uint64_t concealedBlocks() const { return concealed_.value(); }
    std::uint64_t droppedSamples() const { return dropped_.value(); }
    std::uint64_t steps() const { return steps_.value(); }
    std::int64_t backlogMs() const { return backlogMs_.value(); }  ///< sound ahead of the last read

private:
    // Owned by the audio room: see sample_queue.cpp for the algorithm.
    Mutex mutex_;
    std::vector<float> ring_ GUARDED_BY(mutex_);
    Counter concealed_;
    Counter dropped_;
    Counter steps_;
    Gauge backlogMs_;
};

}  // namespace tessera
