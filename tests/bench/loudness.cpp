// What measuring and normalising loudness costs, in microseconds of CPU per block of 10 ms.
//
//   cmake --build build --target bench_loudness && build/bench/loudness

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <functional>
#include <numbers>
#include <vector>

#include "mcu/audio/loudness_normalizer.h"

#include "pipelines/codecs/loudness_meter.h"

namespace tessera {
namespace {

constexpr int kBlocks = 6000;  // a minute

double cpuMicroseconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

/// A second of two tones that differ between the channels.
std::vector<AudioBlock> sound(double amplitude) {
    std::vector<AudioBlock> blocks(100);
    for (std::size_t n = 0; n < blocks.size() * kBlockSamples; ++n) {
        for (std::size_t channel = 0; channel < kAudioChannels; ++channel) {
            const double hertz = channel == 0 ? 440 : 997;
            const double turn = 2 * std::numbers::pi * hertz * static_cast<double>(n) / kSampleRate;
            blocks[n / kBlockSamples].samples[channel][n % kBlockSamples] =
                static_cast<float>(amplitude * std::sin(turn));
        }
    }
    return blocks;
}

void report(const char* name, double amplitude, const std::function<void(const AudioBlock&)>& work) {
    auto blocks = sound(amplitude);
    double longest = 0;
    const double begin = cpuMicroseconds();
    for (int k = 0; k < kBlocks; ++k) {
        auto& block = blocks[static_cast<std::size_t>(k) % blocks.size()];
        block.index = k;
        const double before = cpuMicroseconds();
        work(block);
        longest = std::max(longest, cpuMicroseconds() - before);
    }
    const double mean = (cpuMicroseconds() - begin) / kBlocks;
    std::printf("%-44s %6.1f us per block, longest %6.1f us, %.2f %% of a core\n", name, mean, longest, mean / 100);
}

}  // namespace
}  // namespace tessera

int main() {
    using namespace tessera;
    const auto meter = createLoudnessMeter();
    report("meter, at its highest peak all the time", 0.1, [&](const AudioBlock& block) { meter->offer(block); });
    meter->offer(sound(0.5).front());
    report("meter, 14 dB below its highest peak", 0.1, [&](const AudioBlock& block) { meter->offer(block); });
    LoudnessNormalizer quiet(createLoudnessMeter(), -23);
    report("target, below the limit (encoder's thread)", 0.1, [&](const AudioBlock& block) { quiet.process(block); });
    TruePeakLimiter limiter;
    AudioBlock out;
    report("true-peak limiter alone, always limiting", 2,
           [&](const AudioBlock& block) { limiter.process(block, out); });
}
