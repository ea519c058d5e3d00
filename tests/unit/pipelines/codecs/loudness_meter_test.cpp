#include "pipelines/codecs/loudness_meter.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <numbers>

namespace {

thread_local std::uint64_t allocations = 0;

}  // namespace

// The library allocates by malloc: the C allocator is replaced by itself, counted. Sanitizers need their own.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TESSERA_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TESSERA_SANITIZED
#endif
#endif

#ifndef TESSERA_SANITIZED
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* malloc(std::size_t size) {
    ++allocations;
    return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
    ++allocations;
    return __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) {
    ++allocations;
    return __libc_realloc(memory, size);
}
}
#endif

namespace tessera {

namespace {

struct Part {
    double peakDbfs = -23;  ///< of a sine in both channels
    double seconds = 20;
};

/// Offers sines, one after another, to a meter.
class Player {
public:
    explicit Player(LoudnessMeter& meter, double frequencyHz = 1000, double phase = 0)
        : meter_(meter), perSample_(2 * std::numbers::pi * frequencyHz / kSampleRate), phase_(phase) {}

    void play(Part part) {
        const double amplitude = std::pow(10.0, part.peakDbfs / 20);
        for (auto left = std::lround(part.seconds * kSampleRate); left > 0; --left) {
            // Faded in over 10 ms: a sine that begins at once peaks higher than when it goes on.
            const double faded = amplitude * std::min(1.0, static_cast<double>(at_) / kBlockSamples);
            const auto sample = static_cast<float>(faded * std::sin(perSample_ * static_cast<double>(at_++) + phase_));
            for (auto& channel : block_.samples) channel[static_cast<std::size_t>(filled_)] = sample;
            if (++filled_ < kBlockSamples) continue;
            filled_ = 0;
            meter_.offer(block_);
            const auto reading = meter_.reading();
            if (onReading) onReading(reading);
        }
    }

    std::function<void(const Loudness&)> onReading;

private:
    LoudnessMeter& meter_;
    const double perSample_, phase_;
    std::int64_t at_ = 0;
    AudioBlock block_;
    int filled_ = 0;
};

Loudness measure(std::initializer_list<Part> parts) {
    const auto meter = createLoudnessMeter();
    Player player(*meter);
    for (const auto& part : parts) player.play(part);
    return meter->reading();
}

double error(float measured, double expected) {
    return std::abs(static_cast<double>(measured) - expected);
}

constexpr double kTolerance = 0.1;  // LU, of every case of EBU Tech 3341

}  // namespace

/// @source EBU Tech 3341 (2016), table 1: the numbers in the names are those of its test signals
BOOST_AUTO_TEST_SUITE(loudness_meter)

BOOST_AUTO_TEST_CASE(sines_of_minus_23_and_minus_33_dbfs_read_that_in_all_three_times_1_2) {
    for (const double level : {-23.0, -33.0}) {
        const auto loudness = measure({{level, 20}});
        BOOST_TEST(error(loudness.momentaryLufs, level) < kTolerance);
        BOOST_TEST(error(loudness.shortTermLufs, level) < kTolerance);
        BOOST_TEST(error(loudness.integratedLufs, level) < kTolerance);
        BOOST_TEST(error(loudness.truePeakDbtp, level) < kTolerance);
    }
}

BOOST_AUTO_TEST_CASE(quiet_parts_do_not_count_3_4) {
    BOOST_TEST(error(measure({{-36, 10}, {-23, 60}, {-36, 10}}).integratedLufs, -23) < kTolerance);
    BOOST_TEST(error(measure({{-72, 10}, {-36, 10}, {-23, 60}, {-36, 10}, {-72, 10}}).integratedLufs, -23) <
               kTolerance);
}

BOOST_AUTO_TEST_CASE(parts_within_the_gate_count_5) {
    BOOST_TEST(error(measure({{-26, 20}, {-20, 20.1}, {-26, 20}}).integratedLufs, -23) < kTolerance);
}

BOOST_AUTO_TEST_CASE(short_term_is_steady_over_bursts_that_repeat_every_3_s_9) {
    const auto meter = createLoudnessMeter();
    Player player(*meter);
    for (int i = 0; i < 5; ++i) {
        player.play({-20, 1.34});
        player.play({-30, 1.66});
        // What was read last lies less than 100 ms back.
        BOOST_TEST(error(meter->reading().shortTermLufs, -23) < kTolerance);
        player.onReading = [](const Loudness& now) { BOOST_CHECK_LT(error(now.shortTermLufs, -23), kTolerance); };
    }
}

BOOST_AUTO_TEST_CASE(momentary_is_steady_over_bursts_that_repeat_every_400_ms_12) {
    const auto meter = createLoudnessMeter();
    Player player(*meter);
    for (int i = 0; i < 25; ++i) {
        player.play({-20, 0.18});
        player.play({-30, 0.22});
        if (i == 2) {
            player.onReading = [](const Loudness& now) { BOOST_CHECK_LT(error(now.momentaryLufs, -23), kTolerance); };
        }
    }
}

BOOST_AUTO_TEST_CASE(peaks_between_samples_are_read_15_to_19) {
    struct Case {
        double divisor, degrees, amplitude, dbtp;
    };
    for (const auto& each : {Case{4, 0, 0.5, -6}, Case{4, 45, 0.5, -6}, Case{6, 60, 0.5, -6}, Case{8, 67.5, 0.5, -6},
                             Case{4, 45, 1.41, 3}}) {
        const auto meter = createLoudnessMeter();
        Player player(*meter, kSampleRate / each.divisor, each.degrees * std::numbers::pi / 180);
        player.play({20 * std::log10(each.amplitude), 1});
        // The tolerances of the table.
        BOOST_TEST(meter->reading().truePeakDbtp < each.dbtp + 0.2);
        BOOST_TEST(meter->reading().truePeakDbtp > each.dbtp - 0.4);
    }
}

BOOST_AUTO_TEST_CASE(silence_has_no_loudness_and_nothing_is_known_at_first) {
    BOOST_TEST(createLoudnessMeter()->reading().momentaryLufs == kSilenceLufs);
    const auto meter = createLoudnessMeter();
    Player player(*meter);
    player.play({-23, 5});
    for (int i = 0; i < 310; ++i) meter->offer(AudioBlock());
    const auto loudness = meter->reading();
    BOOST_TEST(loudness.momentaryLufs == kSilenceLufs);
    BOOST_TEST(loudness.shortTermLufs == kSilenceLufs);
    BOOST_TEST(error(loudness.integratedLufs, -23) < kTolerance);
}

BOOST_AUTO_TEST_CASE(what_is_not_a_number_does_not_stay) {
    const auto meter = createLoudnessMeter();
    AudioBlock broken;
    broken.samples[0][3] = NAN;
    broken.samples[1][5] = INFINITY;
    meter->offer(broken);
    Player player(*meter);
    player.play({-23, 5});
    BOOST_TEST(error(meter->reading().shortTermLufs, -23) < kTolerance);
    BOOST_TEST(error(meter->reading().truePeakDbtp, -23) < kTolerance);
}

BOOST_AUTO_TEST_CASE(measuring_allocates_nothing) {
    const auto meter = createLoudnessMeter();
    const auto before = allocations;
#ifndef TESSERA_SANITIZED
    std::free(std::malloc(1));
    BOOST_TEST(allocations > before);  // it is counted
#endif
    AudioBlock block;
    for (std::size_t i = 0; i < kBlockSamples; ++i) block.samples[0][i] = i % 50 < 25 ? 0.1F : -0.1F;
    const auto counted = allocations;
    for (int k = 0; k < 6000; ++k) meter->offer(block);
    BOOST_TEST(allocations == counted);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
