#include "pipelines/codecs/loudness_meter.h"

#include <array>
#include <atomic>
#include <cmath>
#include <ebur128.h>
#include <utility>

#include "mcu/audio/level_meter.h"
#include "mcu/audio/true_peak.h"

namespace tessera {
namespace {

constexpr int kBlocksPerStep = 10;  // 100 ms
constexpr int kStepMs = 100;
constexpr int kMomentarySteps = 4;
constexpr int kShortTermSteps = 30;
constexpr int kIntegratedSteps = 10;
/// @source ITU-R BS.1770-4 annex 1, equation 2: loudness of a mean square of 1
constexpr double kOffsetLufs = -0.691;

struct StateCloser {
    void operator()(ebur128_state* state) const { ebur128_destroy(&state); }
};
using StatePtr = std::unique_ptr<ebur128_state, StateCloser>;

/// What is left in filters after sound, and the rounding of 16 bits, is silence: below -100 LUFS.
constexpr double kSilence = 1e-10;

float toLufs(double energy) {
    return energy > kSilence ? static_cast<float>(10 * std::log10(energy) + kOffsetLufs) : kSilenceLufs;
}

/// Momentary and short-term loudness are means of the energies of 100 ms, each asked for once: libebur128 would sum up
/// the last 400 ms, and 3 s, anew each time.
class Ebur128Meter final : public LoudnessMeter {
public:
    explicit Ebur128Meter(StatePtr state) : state_(std::move(state)) {}

    void offer(const AudioBlock& block) override {
        // What is not a number would stay in the filters for ever.
        const bool isSound = std::isfinite(meanSquare(block));
        for (std::size_t i = 0; i < kBlockSamples; ++i) {
            for (std::size_t channel = 0; channel < kAudioChannels; ++channel) {
                interleaved_[i * kAudioChannels + channel] = isSound ? block.samples[channel][i] : 0;
            }
        }
        ebur128_add_frames_float(state_.get(), interleaved_.data(), kBlockSamples);
        if (isSound) measurePeak(block);
        blocks_ = (blocks_ + 1) % kBlocksPerStep;
        if (blocks_ == 0) step();
    }

    Loudness reading() const override {
        return {momentary_.load(std::memory_order_relaxed), shortTerm_.load(std::memory_order_relaxed),
                integrated_.load(std::memory_order_relaxed), truePeak_.load(std::memory_order_relaxed)};
    }

private:
    void measurePeak(const AudioBlock& block) {
        TruePeakDetector::Peaks peaks;
        const float peak = detector_.process(block, highest_, peaks);
        if (peak <= highest_) return;
        highest_ = peak;
        truePeak_.store(20 * std::log10(peak), std::memory_order_relaxed);
    }

    void step() {
        ++steps_;
        double lufs = 0;
        const bool isKnown = ebur128_loudness_window(state_.get(), kStepMs, &lufs) == EBUR128_SUCCESS;
        energies_[static_cast<std::size_t>(steps_ % kShortTermSteps)] =
            isKnown ? std::pow(10.0, (lufs - kOffsetLufs) / 10) : 0;
        momentary_.store(toLufs(meanOfLast(kMomentarySteps)), std::memory_order_relaxed);
        shortTerm_.store(toLufs(meanOfLast(kShortTermSteps)), std::memory_order_relaxed);
        if (steps_ % kIntegratedSteps != 0) return;
        if (ebur128_loudness_global(state_.get(), &lufs) != EBUR128_SUCCESS) return;
        integrated_.store(static_cast<float>(lufs), std::memory_order_relaxed);
    }

    double meanOfLast(int count) const {
        double sum = 0;
        for (int i = 0; i < count; ++i) {
            sum += energies_[static_cast<std::size_t>((steps_ + kShortTermSteps - i) % kShortTermSteps)];
        }
        return sum / count;
    }

    // Owned
    StatePtr state_;
    // State of who offers
    std::array<float, kBlockSamples * kAudioChannels> interleaved_{};
    std::array<double, kShortTermSteps> energies_{};  ///< of 100 ms each
    int blocks_ = 0;                                  ///< of the next step
    std::int64_t steps_ = 0;
    TruePeakDetector detector_;
    float highest_ = 0;
    // Read by anyone
    std::atomic<float> momentary_{kSilenceLufs};
    std::atomic<float> shortTerm_{kSilenceLufs};
    std::atomic<float> integrated_{kSilenceLufs};
    std::atomic<float> truePeak_{kSilenceLufs};
};

}  // namespace

std::shared_ptr<LoudnessMeter> createLoudnessMeter() {
    StatePtr state(ebur128_init(kAudioChannels, kSampleRate, EBUR128_MODE_I | EBUR128_MODE_HISTOGRAM));
    if (!state) return nullptr;
    return std::make_shared<Ebur128Meter>(std::move(state));
}

}  // namespace tessera
