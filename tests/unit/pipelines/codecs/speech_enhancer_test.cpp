#include "pipelines/codecs/speech_enhancer.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numbers>
#include <random>

#include "mcu/media/audio_block.h"

#include "tests/support/signal.h"

namespace tessera {

namespace {

constexpr int kPacket = 960;

/// What a speaker's sound becomes: `voice` is the amplitude of vowels with pauses, `noise` that of a fan.
std::vector<float> enhanced(bool denoise, bool agc, double voice, double noise, int seconds) {
    AudioTreatment treatment;
    treatment.denoise = denoise;
    treatment.agc = agc;
    SpeechEnhancer enhancer;
    std::mt19937 random(1);
    std::normal_distribution<double> fan(0, noise);
    std::vector<float> result;
    for (int packet = 0; packet < seconds * 50; ++packet) {
        std::vector<float> sound(2 * kPacket);
        for (int i = 0; i < kPacket; ++i) {
            const double t = (packet * kPacket + i) / 48000.0;
            const double syllable = std::max(0.0, std::sin(2 * std::numbers::pi * 1.5 * t));
            double value = fan(random);
            for (int k = 1; k < 12; ++k) value += voice / k * syllable * std::sin(2 * std::numbers::pi * 140 * k * t);
            sound[static_cast<std::size_t>(2 * i)] = sound[static_cast<std::size_t>(2 * i + 1)] =
                static_cast<float>(value);
        }
        enhancer.process(treatment, sound);
        for (int i = 0; i < kPacket; ++i) result.push_back(sound[static_cast<std::size_t>(2 * i)]);
    }
    return result;
}

double rmsDb(std::span<const float> samples) {
    double sum = 0;
    for (const float sample : samples) sum += static_cast<double>(sample) * sample;
    return 10 * std::log10(sum / static_cast<double>(samples.size()) + 1e-20);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(speech_enhancer)

BOOST_AUTO_TEST_CASE(what_is_not_asked_for_leaves_samples_alone) {
    AudioTreatment treatment;
    SpeechEnhancer enhancer;
    ToneGenerator tone(440);
    auto sound = tone.stereo(kPacket);
    const auto before = sound;
    BOOST_TEST((enhancer.process(treatment, sound) == Duration{0}));
    BOOST_TEST(sound == before);
    treatment.denoise = true;
    auto odd = tone.stereo(121);
    const auto oddBefore = odd;
    BOOST_TEST((enhancer.process(treatment, odd) == Duration{0}));
    BOOST_TEST(odd == oddBefore);
}

BOOST_AUTO_TEST_CASE(steady_noise_is_lowered_and_a_voice_is_not) {
    for (const double noise : {0.002, 0.01, 0.03}) {
        const auto before = enhanced(false, false, 0, noise, 4);
        const auto after = enhanced(true, false, 0, noise, 4);
        const double lowered = rmsDb(std::span(before).last(48000)) - rmsDb(std::span(after).last(48000));
        BOOST_TEST_MESSAGE("noise is lowered by " << lowered << " dB");
        BOOST_TEST(lowered > 15);
    }
    const auto voiceBefore = enhanced(false, false, 0.2, 0.005, 4);
    const auto voiceAfter = enhanced(true, false, 0.2, 0.005, 4);
    BOOST_TEST(std::abs(rmsDb(std::span(voiceAfter).last(96000)) - rmsDb(std::span(voiceBefore).last(96000))) < 1);
}

BOOST_AUTO_TEST_CASE(quiet_and_loud_speakers_come_to_one_level) {
    for (const double voice : {0.02, 0.08, 0.3, 0.5}) {  // -41 to -13 dBFS
        const auto after = enhanced(false, true, voice, 0.0002, 6);
        const double level = rmsDb(std::span(after).last(96000));
        BOOST_TEST_MESSAGE("amplitude " << voice << " comes to " << level << " dBFS");
        BOOST_TEST(std::abs(level + 26) < 1.5);
    }
    const auto whisper = enhanced(false, false, 0.002, 0.0002, 6);
    const auto raised = enhanced(false, true, 0.002, 0.0002, 6);
    BOOST_TEST(rmsDb(std::span(raised).last(96000)) - rmsDb(std::span(whisper).last(96000)) < 18.5);
}

BOOST_AUTO_TEST_CASE(the_delay_is_what_is_said) {
    AudioTreatment treatment;
    treatment.agc = true;
    SpeechEnhancer enhancer;
    std::vector<float> in, out;
    for (int packet = 0; packet < 50; ++packet) {
        std::vector<float> sound(2 * kPacket);
        for (int i = 0; i < kPacket; ++i) {
            const double t = (packet * kPacket + i) / 48000.0;
            const double chirp = 0.2 * std::sin(2 * std::numbers::pi * (300 * t + 400 * t * t));
            sound[static_cast<std::size_t>(2 * i)] = sound[static_cast<std::size_t>(2 * i + 1)] =
                static_cast<float>(chirp);
        }
        for (int i = 0; i < kPacket; ++i) in.push_back(sound[static_cast<std::size_t>(2 * i)]);
        BOOST_TEST((enhancer.process(treatment, sound) == std::chrono::milliseconds(10)));
        for (int i = 0; i < kPacket; ++i) out.push_back(sound[static_cast<std::size_t>(2 * i)]);
    }
    double best = 0;
    int delay = -1;
    for (int lag = 0; lag < 2000; ++lag) {
        double sum = 0;
        for (std::size_t i = 30000; i < 40000; ++i)
            sum += static_cast<double>(out[i]) * in[i - static_cast<std::size_t>(lag)];
        if (sum > best) {
            best = sum;
            delay = lag;
        }
    }
    BOOST_TEST(std::abs(delay - 480) < 24);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
