#pragma once

#include <algorithm>

namespace tessera {

/// Follows the loudness of a programme with a gain that brings it to a target, slowly enough not to be heard. Not
/// thread-safe.
///
/// The loudness followed is that of the last ten seconds of sound, gated: pauses and a room's noise do not count, and
/// the gain is held in them. At the beginning, when nothing is known, the gain moves quickly for three seconds of
/// sound.
class GainRider {
public:
    static constexpr float kLowestDb = -30;  ///< a programme at 0 LUFS brought to -30
    /// Most that is added: a whisper is not worth the noise that would come with it, nor a room that somebody left.
    static constexpr float kHighestDb = 20;
    /// What is quieter is a pause: below speech that is worth raising (-40 LUFS and more), above the noise of a room
    /// and of microphones (-60 LUFS). LUFS, momentary.
    static constexpr float kGateLufs = -50;

    /// What a programme is taken for before anything of it is known: louder than most speech, since a second that is
    /// too quiet is better than one that is too loud, and counts for less. LUFS.
    static constexpr float kAssumedLufs = -18;

    /// @param targetLufs  -40 to -10
    explicit GainRider(float targetLufs)
        : targetLufs_(targetLufs), gainDb_(std::min(targetLufs - kAssumedLufs, 0.0F)) {}

    /// To be called every 100 ms.
    /// @param momentaryLufs  of the programme, before gain
    /// @return the gain from here on, dB
    float update(float momentaryLufs);

    float gainDb() const { return gainDb_; }

private:
    void learn(float momentaryLufs);
    void move();

    const float targetLufs_;
    double power_ = 0;  ///< mean of what counted
    int counted_ = 0;   ///< readings that `power_` is the mean of; no more than it remembers
    int heard_ = 0;     ///< readings that counted since the beginning, as far as it matters
    int leftOut_ = 0;   ///< readings of sound in a row that did not count
    float gainDb_;
};

}  // namespace tessera
