#include "mcu/audio/loudness_normalizer.h"

#include <boost/test/unit_test.hpp>
#include <ebur128.h>
#include <random>
#include <span>

#include "pipelines/codecs/loudness_meter.h"

namespace tessera {

namespace {

/// The library's own meter, with its own interpolation for true peaks: the judge.
class Judge {
public:
    explicit Judge(int mode = EBUR128_MODE_I) : state_(ebur128_init(kAudioChannels, kSampleRate, mode)) {}
    ~Judge() { ebur128_destroy(&state_); }

    void add(const AudioBlock& block) {
        for (std::size_t i = 0; i < kBlockSamples; ++i) {
            interleaved_[2 * i] = block.samples[0][i];
            interleaved_[2 * i + 1] = block.samples[1][i];
        }
        ebur128_add_frames_float(state_, interleaved_.data(), kBlockSamples);
    }
    double integrated() const {
        double lufs = 0;
        ebur128_loudness_global(state_, &lufs);
        return lufs;
    }
    double truePeakDbtp() const {
        double left = 0, right = 0;
        ebur128_true_peak(state_, 0, &left);
        ebur128_true_peak(state_, 1, &right);
        return 20 * std::log10(std::max(left, right));
    }

private:
    ebur128_state* state_;
    std::array<float, 2 * kBlockSamples> interleaved_{};
};

/// Something like speech: a buzz of about 120 Hz with the slope and the crest of a voice, in syllables of 250 ms whose
/// loudness differs by 12 dB, 2.4 s of them and then a pause of 0.6 s.
class Speech {
public:
    explicit Speech(double gainDb) : gain_(static_cast<float>(std::pow(10.0, gainDb / 20))) {
        for (std::size_t i = 0; i < voice_.size(); ++i) {
            const double phase = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(voice_.size());
            for (int harmonic = 1; harmonic < 30; ++harmonic) voice_[i] += std::cos(harmonic * phase) / harmonic;
        }
    }

    void next(AudioBlock& block) {
        for (std::size_t i = 0; i < kBlockSamples; ++i, ++at_) {
            if (at_ % 12000 == 0) syllable_ = std::pow(10.0F, -level_(random_) / 20);
            const double within = static_cast<double>(at_ % 12000) / 12000;
            const double envelope = at_ % 144000 < 115200 ? std::sin(std::numbers::pi * within) : 0;
            phase_ = std::fmod(phase_ + (115 + 10 * within) / kSampleRate, 1.0);
            const double voice = voice_[static_cast<std::size_t>(phase_ * static_cast<double>(voice_.size()))];
            const auto sample =
                gain_ * syllable_ * static_cast<float>(0.2 * envelope * (voice + 0.05 * noise_(random_)));
            block.samples[0][i] = block.samples[1][i] = sample;
        }
    }

private:
    const float gain_;
    std::mt19937 random_{5};
    std::uniform_real_distribution<float> level_{0, 12};
    std::normal_distribution<double> noise_{0, 1};
    std::int64_t at_ = 0;
    double phase_ = 0;  ///< 0 to 1
    std::array<double, 4096> voice_{};
    float syllable_ = 1;
};

/// Speech of a loudness: what it has is measured first.
Speech speechOf(double lufs) {
    Judge judge;
    Speech speech(0);
    AudioBlock block;
    for (int k = 0; k < 3000; ++k) {
        speech.next(block);
        judge.add(block);
    }
    return Speech(lufs - judge.integrated());
}

/// What a normaliser makes of 60 s of speech.
struct Outcome {
    double whole = 0;      ///< LUFS
    double afterTen = 0;   ///< LUFS, from 10 s on
    double settledMs = 0;  ///< from when on the gain was within 1.5 dB of its mean over the second half
    double spreadDb = 0;   ///< of the gain in the second half
    double truePeakDbtp = 0;
};

Outcome normalize(double lufs, int target) {
    auto speech = speechOf(lufs);
    LoudnessNormalizer normalizer(createLoudnessMeter(), static_cast<float>(target));
    Judge whole(EBUR128_MODE_I | EBUR128_MODE_TRUE_PEAK), late;
    AudioBlock block;
    std::vector<float> gains;
    for (block.index = 0; block.index < 6000; ++block.index) {
        speech.next(block);
        const auto* out = normalizer.process(block);
        gains.push_back(normalizer.gainDb());
        if (out == nullptr) continue;
        whole.add(*out);
        if (block.index >= 1000) late.add(*out);
    }
    const std::span<const float> second(gains.data() + 3000, 3000);
    double mean = 0;
    for (const float gain : second) mean += gain / 3000.0;
    std::size_t settled = gains.size();
    while (settled > 0 && std::abs(gains[settled - 1] - mean) <= 1.5) --settled;
    const auto [lowest, highest] = std::minmax_element(second.begin(), second.end());
    return {.whole = whole.integrated(),
            .afterTen = late.integrated(),
            .settledMs = 10.0 * static_cast<double>(settled),
            .spreadDb = *highest - *lowest,
            .truePeakDbtp = whole.truePeakDbtp()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(loudness_normalizer)

BOOST_AUTO_TEST_CASE(speech_of_any_loudness_comes_to_the_target_within_1_lu) {
    for (const double lufs : {-30.0, -14.0}) {
        for (const int target : {-23, -16}) {
            const auto outcome = normalize(lufs, target);
            BOOST_TEST_MESSAGE("speech of " << lufs << " LUFS to " << target << ": whole minute " << outcome.whole
                                            << ", after 10 s " << outcome.afterTen << " LUFS, settled after "
                                            << outcome.settledMs << " ms, gain within " << outcome.spreadDb << " dB, "
                                            << outcome.truePeakDbtp << " dBTP");
            BOOST_TEST_CONTEXT("speech of " << lufs << " LUFS to " << target) {
                BOOST_TEST(std::abs(outcome.whole - target) < 1);
                BOOST_TEST(std::abs(outcome.afterTen - target) < 1);
                BOOST_TEST(outcome.settledMs < 5000);
                BOOST_TEST(outcome.spreadDb < 1.5);
                BOOST_TEST(outcome.truePeakDbtp <= TruePeakLimiter::kCeilingDbtp);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(silence_does_not_pump) {
    auto speech = speechOf(-30);
    LoudnessNormalizer normalizer(createLoudnessMeter(), -23);
    AudioBlock block;
    for (block.index = 0; block.index < 2000; ++block.index) {
        speech.next(block);
        normalizer.process(block);
    }
    // The 400 ms of the last syllable's reading are over after 40 blocks.
    std::mt19937 random(1);
    std::normal_distribution<float> noise(0, 0.0003F);  // about -70 LUFS
    float held = 0;
    for (int i = 0; i < 3000; ++i, ++block.index) {
        for (auto& channel : block.samples) {
            for (float& sample : channel) sample = noise(random);
        }
        normalizer.process(block);
        if (i == 50) held = normalizer.gainDb();
        if (i > 50) BOOST_REQUIRE(normalizer.gainDb() == held);
    }
}

BOOST_AUTO_TEST_CASE(peaks_between_samples_stay_under_by_another_meter) {
    // White noise and steps are the hardest for an interpolator; a sine at a quarter of the rate has no sample at its
    // peaks.
    for (int kind = 0; kind < 3; ++kind) {
        std::mt19937 random(7);
        std::uniform_real_distribution<float> noise(-1, 1);
        TruePeakLimiter limiter;
        Judge judge(EBUR128_MODE_I | EBUR128_MODE_TRUE_PEAK);
        AudioBlock block, out;
        for (std::int64_t n = 0; n < 4 * kSampleRate; ++n) {
            float sample = 2 * noise(random);
            if (kind == 1) sample = (n / 37) % 2 == 0 ? 1.0F : -1.0F;
            if (kind == 2) sample = (n % 4 < 2 ? 1.0F : -1.0F) * (n / 4800 % 2 == 0 ? 1.0F : 0.3F);
            for (auto& channel : block.samples) channel[static_cast<std::size_t>(n % kBlockSamples)] = sample;
            if (n % kBlockSamples != kBlockSamples - 1) continue;
            limiter.process(block, out);
            judge.add(out);
        }
        BOOST_TEST_MESSAGE("kind " << kind << ": " << judge.truePeakDbtp() << " dBTP");
        BOOST_TEST(judge.truePeakDbtp() <= -1.0);
    }
}

BOOST_AUTO_TEST_CASE(each_block_comes_out_with_its_own_index_and_gaps_are_kept) {
    LoudnessNormalizer normalizer(createLoudnessMeter(), -16);
    AudioBlock block;
    block.index = 40;
    block.samples[0][7] = 0.25F;
    BOOST_TEST(normalizer.process(block) == nullptr);
    AudioBlock empty;
    empty.index = 41;
    const auto* first = normalizer.process(empty);
    BOOST_REQUIRE(first != nullptr);
    BOOST_TEST(first->index == 40);
    BOOST_TEST(first->samples[0][7] == 0.25F);
    block.index = 100;
    BOOST_TEST(normalizer.process(block)->index == 41);
    empty.index = 101;
    const auto* afterGap = normalizer.process(empty);
    BOOST_TEST(afterGap->index == 100);
    BOOST_TEST(afterGap->samples[0][7] == 0.25F);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
