#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "mcu/base/stats.h"
#include "mcu/base/sync.h"
#include "mcu/media/audio_block.h"
#include "mcu/media/concealer.h"
#include "mcu/media/drift_loop.h"
#include "mcu/media/resampler.h"

namespace tessera {

/// The sound of one source on the meeting's timeline: written with timestamps by its media thread, read in 10 ms blocks
/// by the audio tick. Bounded (kCapacity), so delay never grows.
///
/// What a reader gets for block t is the sound with pts t, whatever was written when: small differences between the
/// sender's clock and ours are removed by resampling (at most 0.5 %), larger jumps by a step with a short crossfade;
/// what is missing is concealed (faded repetition, then silence) and counted.
///
/// Sound is put at its place on the timeline when it is written; reading is a copy. Of the newest sound, 0.33 ms wait
/// for what follows as soon as a source needs resampling.
/// @thread write: one media thread; read: audio-tick; clear and the counters: any
class SampleQueue {
public:
    static constexpr Duration kCapacity = std::chrono::milliseconds(1000);

    SampleQueue() = default;

    /// Appends sound. Sound that is later than its read time is dropped. What is not a number becomes silence.
    ///
    /// @param pts          of the first sample
    /// @param interleaved  stereo, 48 kHz, full scale +-1.0; `frames` x 2 floats
    void write(MediaTime pts, const float* interleaved, std::size_t frames) EXCLUDES(mutex_);

    /// Fills `block` with the sound of [t, t + 10 ms).
    /// @return false when there was nothing but silence: the source never wrote, or has been silent beyond concealment
    bool read(MediaTime t, AudioBlock& block) EXCLUDES(mutex_);

    /// The reader paused: what it read last does not belong before what it reads next.
    /// @thread audio-tick
    void restartReading();

    /// Forgets everything, as after the end of a stream.
    void clear() EXCLUDES(mutex_);

    std::uint64_t concealedBlocks() const { return concealed_.value(); }
    std::uint64_t droppedSamples() const { return dropped_.value(); }
    std::uint64_t steps() const { return steps_.value(); }
    std::int64_t backlogMs() const { return backlogMs_.value(); }  ///< sound ahead of the last read

private:
    static constexpr std::int64_t kCapacitySamples = durationToSamples(kCapacity);
    static constexpr int kBlendSamples = 240;  ///< crossfade of a step over sound that is there: 5 ms

    void follow(double position, std::size_t frames) EXCLUDES(mutex_);
    void beginSegment(std::int64_t position) EXCLUDES(mutex_);
    void store() EXCLUDES(mutex_);
    void put(std::size_t index, const float* frame) REQUIRES(mutex_);
    void invalidate(std::int64_t from, std::int64_t to) REQUIRES(mutex_);
    void copyOut(std::int64_t first) EXCLUDES(mutex_);
    void updateBacklog() REQUIRES(mutex_);

    // Positions are samples since the meeting's epoch; position p is kept at ring index p mod kCapacitySamples.

    // State of the writer
    Resampler resampler_;
    DriftLoop drift_;
    std::vector<float> resampled_;
    std::int64_t position_ = 0;  ///< of the next sample that the resampler gives
    bool writing_ = false;
    int blendLeft_ = 0;
    std::uint64_t writerGeneration_ = 0;

    // State of the reader
    Concealer concealer_;
    std::array<float, 2 * kBlockSamples> samples_{};
    std::array<std::uint8_t, kBlockSamples> present_{};
    std::int64_t nextRead_ = 0;
    bool reading_ = false;

    // State of both
    Mutex mutex_;
    std::vector<float> ring_ GUARDED_BY(mutex_);             ///< interleaved; empty until the first write
    std::vector<std::uint8_t> presence_ GUARDED_BY(mutex_);  ///< 1 where the ring holds sound
    std::int64_t end_ GUARDED_BY(mutex_) = 0;                ///< after the newest sound
    std::int64_t readEnd_ GUARDED_BY(mutex_) = INT64_MIN;    ///< after the newest block that was read
    std::uint64_t generation_ GUARDED_BY(mutex_) = 0;        ///< counts calls of clear

    Counter concealed_;
    Counter dropped_;
    Counter steps_;
    Gauge backlogMs_;
};

}  // namespace tessera
