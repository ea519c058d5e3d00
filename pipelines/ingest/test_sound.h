#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "mcu/media/audio_block.h"

namespace tessera {

enum class TestSoundKind {
    Tone,    ///< a sine of -20 dBFS
    Speech,  ///< syllables of a voice, three of every twelve seconds, each source at its own time
    Beep,    ///< a sine for 100 ms from each full second of the meeting, sample by sample, else silence
    Silence,
};

std::optional<TestSoundKind> testSoundFromString(std::string_view text);

/// The sound of a test source: a loop that is cut at full seconds of the meeting, so that each sample follows from its
/// time alone.
class TestSound {
public:
    /// @param toneHz  of tone and beep; pitch of the voice; a tone of 0 Hz is silence
    /// @param index   of the source among others: chooses when it speaks
    TestSound(TestSoundKind kind, int toneHz, int index);

    /// Writes stereo samples.
    /// @param first        samples since the meeting's epoch
    /// @param interleaved  room for `frames` x 2
    void read(std::int64_t first, float* interleaved, std::size_t frames) const;

private:
    std::vector<float> loop_;  ///< mono
};

}  // namespace tessera
