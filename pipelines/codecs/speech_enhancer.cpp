#include "pipelines/codecs/speech_enhancer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <speex/speex_preprocess.h>

#include "mcu/media/audio_block.h"

namespace tessera {
namespace {

/// Enough for fans and air conditioning; more makes speech hollow.
int kNoiseSuppressDb = -18;
/// Of speexdsp's own loudness scale: speech with its pauses comes out at -26 dBFS rms (speech_enhancer_test).
/// @source ITU-T P.830: the nominal level of speech is -26 dBov
float kAgcLevel = 13300;
/// Above it the noise of a quiet room would become the signal.
int kAgcMostGainDb = 18;

}  // namespace

void SpeechEnhancer::Preprocessor::operator()(SpeexPreprocessState_* state) const {
    speex_preprocess_state_destroy(state);
}

SpeechEnhancer::~SpeechEnhancer() = default;

/// @return false when there is nothing to be done
bool SpeechEnhancer::prepare(bool denoise, bool agc) {
    if (!denoise && !agc) {
        state_.reset();
        return false;
    }
    if (state_ && denoise == denoise_ && agc == agc_) return true;
    if (!state_) state_.reset(speex_preprocess_state_init(static_cast<int>(kFrame), kSampleRate));
    if (!state_) return false;
    denoise_ = denoise;
    agc_ = agc;
    int denoiseOn = denoise ? 1 : 0, agcOn = agc ? 1 : 0;
    speex_preprocess_ctl(state_.get(), SPEEX_PREPROCESS_SET_DENOISE, &denoiseOn);
    speex_preprocess_ctl(state_.get(), SPEEX_PREPROCESS_SET_NOISE_SUPPRESS, &kNoiseSuppressDb);
    speex_preprocess_ctl(state_.get(), SPEEX_PREPROCESS_SET_AGC, &agcOn);
    speex_preprocess_ctl(state_.get(), SPEEX_PREPROCESS_SET_AGC_LEVEL, &kAgcLevel);
    speex_preprocess_ctl(state_.get(), SPEEX_PREPROCESS_SET_AGC_MAX_GAIN, &kAgcMostGainDb);
    return true;
}

Duration SpeechEnhancer::process(const AudioTreatment& treatment, std::span<float> interleaved) {
    const std::size_t frames = interleaved.size() / 2;
    if (frames % kFrame != 0 || !prepare(treatment.denoise, treatment.agc)) return Duration{0};
    std::array<std::int16_t, kFrame> mono;
    for (std::size_t first = 0; first < frames; first += kFrame) {
        float* sound = interleaved.data() + 2 * first;
        for (std::size_t i = 0; i < kFrame; ++i) {
            const float middle = (sound[2 * i] + sound[2 * i + 1]) / 2;
            mono[i] = static_cast<std::int16_t>(std::lrintf(std::clamp(middle, -1.0F, 1.0F) * 32767.0F));
        }
        speex_preprocess_run(state_.get(), mono.data());
        for (std::size_t i = 0; i < kFrame; ++i) {
            sound[2 * i] = sound[2 * i + 1] = static_cast<float>(mono[i]) / 32768.0F;
        }
    }
    return samplesToDuration(static_cast<std::int64_t>(kFrame));
}

}  // namespace tessera
