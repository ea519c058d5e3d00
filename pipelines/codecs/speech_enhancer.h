#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "mcu/base/time.h"
#include "mcu/media/audio_treatment.h"

struct SpeexPreprocessState_;

namespace tessera {

/// Lowers steady noise in a speaker's sound and brings the speaker to a common level, as far as that is asked for. What
/// it handles becomes mono; what it does not is left as it is. Not thread-safe; allocates when it begins.
/// @source speexdsp's preprocessor: Y. Ephraim and D. Malah's amplitude estimator with minima-tracked noise
class SpeechEnhancer {
public:
    /// The preprocessor's frame, and how much later its sound comes out than it went in: 10 ms.
    static constexpr std::size_t kFrame = 480;

    SpeechEnhancer() = default;
    ~SpeechEnhancer();
    SpeechEnhancer(const SpeechEnhancer&) = delete;
    SpeechEnhancer& operator=(const SpeechEnhancer&) = delete;

    /// @param interleaved  stereo at 48 kHz; a number of frames that is no multiple of kFrame is left as it is
    /// @return             what is to be taken off the sound's pts
    Duration process(const AudioTreatment& treatment, std::span<float> interleaved);

private:
    struct Preprocessor {
        void operator()(SpeexPreprocessState_* state) const;
    };
    bool prepare(bool denoise, bool agc);

    // State
    std::unique_ptr<SpeexPreprocessState_, Preprocessor> state_;
    bool denoise_ = false, agc_ = false;
};

}  // namespace tessera
