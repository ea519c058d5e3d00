#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mcu/media/audio_block.h"

namespace tessera {

/// Makes continuous sound of sound with holes: a hole is filled with repetitions of the last pitch period, at full
/// level for 10 ms and faded to silence at 60 ms; what follows a hole is crossfaded in over 5 ms. Not thread-safe;
/// allocates nothing after construction.
/// @source ITU-T G.711 Appendix I (09/1999): pitch periods of 5 to 15 ms, 20 % less per 10 ms after the first 10 ms;
///         without its output delay: a hole begins with a short reversal of what was heard instead of an overlap-add
class Concealer {
public:
    struct Outcome {
        bool audible = false;    ///< something was there or was concealed
        bool concealed = false;  ///< something was concealed
    };

    Concealer();

    /// Fills `block` from what is there.
    /// @param interleaved  kBlockSamples x 2
    /// @param present      kBlockSamples; zero where the sample is missing
    Outcome process(std::span<const float> interleaved, std::span<const std::uint8_t> present, AudioBlock& block);

    /// The next sound does not follow what was given last: it is crossfaded in.
    void breakContinuity();

    /// Forgets what was heard: silence until sound comes.
    void reset();

private:
    struct Frame {
        float left = 0, right = 0;
    };
    enum class State { Playing, Concealing };

    void passThrough(std::span<const float> interleaved, AudioBlock& block);
    Frame heard(std::size_t ago) const;
    void begin();
    int findPeriod() const;
    double similarity(int lag) const;
    Frame conceal();
    bool isSilent() const;

    std::vector<Frame> output_;  ///< the newest of what was given, a ring
    std::size_t written_ = 0;    ///< frames ever; the newest is at written_ - 1
    std::vector<Frame> cycle_;   ///< one period, ends fitting
    std::vector<Frame> onset_;   ///< reversal of the last sound
    State state_ = State::Concealing;
    int period_ = 0;     ///< frames; 0 = nothing to repeat
    int age_ = 0;        ///< frames since the hole began
    int returning_ = 0;  ///< frames of the crossfade that are left
};

}  // namespace tessera
