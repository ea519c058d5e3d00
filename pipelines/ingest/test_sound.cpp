#include "pipelines/ingest/test_sound.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tessera {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;
constexpr int kBeepHz = 1000;
constexpr int kBeepSamples = kSampleRate / 10;
constexpr double kToneAmplitude = 0.141;  // a sine of -20 dBFS RMS
constexpr double kBeepAmplitude = 0.5;
constexpr int kSpeechLoopSeconds = 12;
constexpr int kTurnSeconds = 3;
constexpr int kTurnDistance = 2;  // less than a turn: neighbours interrupt each other for a second
constexpr double kSyllablesPerSecond = 4;
constexpr int kHarmonics = 14;

std::vector<float> sine(int hz, double amplitude, int audible) {
    std::vector<float> loop(kSampleRate, 0.0F);
    for (int i = 0; i < audible; ++i) {
        loop[static_cast<std::size_t>(i)] = static_cast<float>(amplitude * std::sin(kTurn * hz * i / kSampleRate));
    }
    return loop;
}

/// One period's worth of a vowel: harmonics under two formants that move with each syllable.
double voice(double phase, double pitch, double syllable) {
    const double first = 450 + 250 * std::sin(2.4 * syllable), second = 1500 + 600 * std::sin(1.7 * syllable + 1);
    double sum = 0;
    for (int harmonic = 1; harmonic <= kHarmonics; ++harmonic) {
        const double hz = harmonic * pitch;
        const double weight =
            std::exp(-std::pow((hz - first) / 300, 2)) + 0.4 * std::exp(-std::pow((hz - second) / 350, 2));
        sum += (weight + 0.03) * std::sin(harmonic * phase);
    }
    return sum;
}

/// The loop of one turn of speech at its place. @param start  seconds into the loop
std::vector<float> speech(double pitch, int start) {
    std::vector<float> loop(static_cast<std::size_t>(kSpeechLoopSeconds) * kSampleRate, 0.0F);
    double phase = 0;
    for (int i = 0; i < kTurnSeconds * kSampleRate; ++i) {
        const double t = static_cast<double>(i) / kSampleRate;
        const double bent = pitch * (1 + 0.08 * std::sin(kTurn * 0.7 * t) - 0.05 * t);
        phase += kTurn * bent / kSampleRate;
        const double syllable = std::floor(t * kSyllablesPerSecond);
        const double within = t * kSyllablesPerSecond - syllable;
        const double envelope = std::pow(std::sin(std::numbers::pi * within), 0.7);
        const double edge = std::min({1.0, 20 * t, 20 * (kTurnSeconds - t)});
        const auto at = (static_cast<std::size_t>(start) * kSampleRate + static_cast<std::size_t>(i)) % loop.size();
        loop[at] = static_cast<float>(0.1 * edge * envelope * voice(phase, bent, syllable));
    }
    return loop;
}

}  // namespace

std::optional<TestSoundKind> testSoundFromString(std::string_view text) {
    if (text == "tone") return TestSoundKind::Tone;
    if (text == "speech") return TestSoundKind::Speech;
    if (text == "beep") return TestSoundKind::Beep;
    if (text == "silence") return TestSoundKind::Silence;
    return std::nullopt;
}

TestSound::TestSound(TestSoundKind kind, int toneHz, int index) {
    switch (kind) {
        case TestSoundKind::Tone: loop_ = sine(toneHz, kToneAmplitude, kSampleRate); break;
        case TestSoundKind::Speech:
            loop_ = speech(110 + toneHz % 7 * 5 + index * 37 % 110, index * kTurnDistance % kSpeechLoopSeconds);
            break;
        case TestSoundKind::Beep: loop_ = sine(toneHz > 0 ? toneHz : kBeepHz, kBeepAmplitude, kBeepSamples); break;
        case TestSoundKind::Silence: loop_.assign(kSampleRate, 0.0F); break;
    }
}

void TestSound::read(std::int64_t first, float* interleaved, std::size_t frames) const {
    const auto length = static_cast<std::int64_t>(loop_.size());
    auto at = static_cast<std::size_t>((first % length + length) % length);
    for (std::size_t i = 0; i < frames; ++i) {
        interleaved[2 * i] = interleaved[2 * i + 1] = loop_[at];
        if (++at == loop_.size()) at = 0;
    }
}

}  // namespace tessera
