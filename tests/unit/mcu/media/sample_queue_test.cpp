#include "mcu/media/sample_queue.h"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <random>

#include "tests/support/signal.h"

namespace tessera {

namespace {

using std::chrono::milliseconds;

constexpr Duration kPlayout = milliseconds(80);
constexpr double kTone = 440;
constexpr double kAmplitude = 0.5;
constexpr std::size_t kWrite = 960;  // 20 ms

MediaTime atSeconds(double seconds) {
    return MediaTime(Duration(std::llround(seconds * 1e9)));
}

/// A sender whose clock runs `drift` too fast writes a tone in packets of 20 ms, each as soon as it is complete; a
/// reader takes a block every 10 ms, 80 ms behind. Sample n of the sender belongs to the meeting's second
/// n / 48000 / (1 + drift).
struct Simulation {
    double drift = 0;
    std::function<double(int)> noise = [](int) { return 0.0; };     ///< seconds on the pts of packet i
    std::function<bool(int)> lost = [](int) { return false; };      ///< packet i never arrives
    std::function<double(int)> shift = [](int) { return 0.0; };     ///< seconds that packet i's pts is wrong
    std::function<double(int)> lateness = [](int) { return 0.0; };  ///< seconds that packet i arrives late
    SampleQueue queue;
    std::vector<float> left;  ///< what was read, one channel
    std::int64_t largestBacklogMs = 0;

    void run(double seconds) {
        ToneGenerator tone(kTone, kAmplitude);
        int packet = 0;
        AudioBlock block;
        for (std::int64_t k = 0; k < std::llround(seconds * 100); ++k) {
            const double now = static_cast<double>(k) / 100;
            for (; ptsOf(packet + 1) + lateness(packet) <= now; ++packet) {
                const auto samples = tone.stereo(kWrite);
                if (lost(packet)) continue;
                queue.write(atSeconds(ptsOf(packet) + noise(packet) + shift(packet)), samples.data(), kWrite);
            }
            queue.read(MediaTime(kAudioTickRate.tickTime(k) - kPlayout), block);
            left.insert(left.end(), block.samples[0].begin(), block.samples[0].end());
            largestBacklogMs = std::max(largestBacklogMs, queue.backlogMs());
        }
    }
    double ptsOf(int packet) const { return packet * 0.02 / (1 + drift); }
    double toneHz() const { return kTone * (1 + drift); }

    std::span<const float> between(double from, double to) const {
        const auto first = static_cast<std::size_t>(std::llround(from * kSampleRate));
        return std::span(left).subspan(first, static_cast<std::size_t>(std::llround(to * kSampleRate)) - first);
    }
    /// How much later than pts + playout delay the tone is heard at about this time, in ms.
    double latenessMs(double from) const {
        const auto piece = between(from, from + 0.5);
        std::complex<double> sum = 0;
        for (std::size_t i = 0; i < piece.size(); ++i) {
            const double time = from + static_cast<double>(i) / kSampleRate - toSeconds(kPlayout);
            sum += static_cast<double>(piece[i]) * std::polar(1.0, -2 * std::numbers::pi * toneHz() * time);
        }
        return -std::arg(sum * std::complex<double>(0, 1)) / (2 * std::numbers::pi * toneHz()) * 1000;
    }
};

/// Largest change of level between neighbouring samples that a tone of 440 Hz explains, with room for fades.
const double kSmooth = 1.5 * toneStep(kTone, kAmplitude);

}  // namespace

BOOST_AUTO_TEST_SUITE(sample_queue)

BOOST_AUTO_TEST_CASE(sound_with_pts_t_is_read_at_t_to_the_sample) {
    SampleQueue queue;
    std::vector<float> samples(2 * 4800);
    samples[2 * 1234] = 0.75F;
    for (std::size_t i = 0; i < 4800; i += 960) {
        queue.write(MediaTime(milliseconds(30) + samplesToDuration(static_cast<std::int64_t>(i))), &samples[2 * i],
                    960);
    }
    AudioBlock block;
    for (int k = 0; k < 12; ++k) {
        BOOST_TEST(queue.read(MediaTime(milliseconds(10 * k)), block) == (k >= 3));
        for (int i = 0; i < kBlockSamples; ++i) {
            const bool here = k * 480 + i == 1440 + 1234;
            BOOST_TEST(block.samples[0][i] == (here ? 0.75F : 0.0F));
        }
    }
    BOOST_TEST(queue.droppedSamples() == 0U);
    BOOST_TEST(queue.backlogMs() == 10);
}

BOOST_AUTO_TEST_CASE(clock_drift_is_followed_for_minutes_without_delay_or_clicks) {
    for (const double drift : {200e-6, -200e-6, 2000e-6, -2000e-6}) {
        Simulation simulation;
        simulation.drift = drift;
        simulation.run(80);
        BOOST_TEST_CONTEXT("drift " << drift) {
            BOOST_TEST(simulation.queue.steps() == 0U);
            BOOST_TEST(simulation.queue.droppedSamples() == 0U);
            BOOST_TEST(simulation.largestBacklogMs <= 80);
            BOOST_TEST(largestStep(simulation.between(0.2, 80)) < 1.01 * toneStep(kTone, kAmplitude));
            for (const double at : {1.0, 3.0, 5.0, 10.0}) BOOST_TEST(std::abs(simulation.latenessMs(at)) < 4.0);
            for (const double at : {50.0, 65.0, 79.0}) BOOST_TEST(std::abs(simulation.latenessMs(at)) < 0.05);
            const double heard = measureFrequency(simulation.between(50, 80), simulation.toneHz());
            BOOST_TEST(std::abs(heard - simulation.toneHz()) < 0.0001);
            BOOST_TEST(signalToRestDb(simulation.between(70, 71), simulation.toneHz()) > 70.0);
        }
    }
}

BOOST_AUTO_TEST_CASE(noise_of_timestamps_does_not_change_the_pitch) {
    std::mt19937 random(7);
    std::uniform_real_distribution<double> noise(-0.002, 0.002);
    Simulation simulation;
    simulation.noise = [&](int) { return noise(random); };
    simulation.run(60);
    BOOST_TEST(simulation.queue.steps() == 0U);
    for (double at = 20; at < 59; at += 0.5) {
        const double heard = measureFrequency(simulation.between(at, at + 0.5), kTone);
        BOOST_TEST(std::abs(heard / kTone - 1) < 200e-6);
        BOOST_TEST(std::abs(simulation.latenessMs(at)) < 1.0);
    }
    BOOST_TEST(largestStep(simulation.between(0.2, 60)) < 1.01 * toneStep(kTone, kAmplitude));
}

BOOST_AUTO_TEST_CASE(timestamps_that_slew_are_followed_within_half_a_percent) {
    Simulation simulation;
    // The mapping to the meeting's time moves by 30 ms within 10 s, as when a first sender report corrects a guess.
    simulation.shift = [](int packet) { return 0.003 * std::clamp(packet * 0.02 - 10, 0.0, 10.0); };
    simulation.run(60);
    BOOST_TEST(simulation.queue.steps() == 0U);
    BOOST_TEST(std::abs(simulation.latenessMs(59) - std::remainder(30.0, 1000 / kTone)) < 0.1);
    for (double at = 5; at < 55; at += 0.5) {
        const double heard = measureFrequency(simulation.between(at, at + 0.5), kTone);
        BOOST_TEST(std::abs(heard / kTone - 1) < 0.0051);
    }
    BOOST_TEST(largestStep(simulation.between(0.2, 60)) < 1.01 * toneStep(kTone, kAmplitude));
}

BOOST_AUTO_TEST_CASE(burst_after_a_stall_of_thirty_seconds_leaves_no_delay) {
    Simulation simulation;
    simulation.lateness = [](int packet) { return packet >= 500 && packet < 2000 ? 40 - 0.02 * (packet + 1) : 0.0; };
    simulation.run(50);
    BOOST_TEST(simulation.queue.concealedBlocks() <= 7U);
    BOOST_TEST(simulation.queue.droppedSamples() > 29U * kSampleRate);
    BOOST_TEST(simulation.largestBacklogMs <= 80);
    BOOST_TEST(largestStep(simulation.between(0.2, 50)) < kSmooth);
    BOOST_TEST(goertzelAmplitude(simulation.between(11, 40), kTone) == 0.0);
    BOOST_TEST(std::abs(simulation.latenessMs(45)) < 0.05);
    BOOST_TEST(signalToRestDb(simulation.between(45, 46), kTone) > 70.0);
}

BOOST_AUTO_TEST_CASE(lost_packets_are_concealed_and_do_not_move_what_follows) {
    Simulation simulation;
    simulation.lost = [](int packet) { return packet % 25 == 24; };
    simulation.run(20);
    BOOST_TEST(simulation.queue.concealedBlocks() > 60U);
    BOOST_TEST(largestStep(simulation.between(0.2, 20)) < kSmooth);
    BOOST_TEST(std::abs(simulation.latenessMs(18)) < 0.05);
    // A hole of 20 ms in a tone is repaired well enough that the tone stands far above what is wrong.
    BOOST_TEST(signalToRestDb(simulation.between(2, 18), kTone) > 20.0);
    BOOST_TEST(goertzelAmplitude(simulation.between(2, 18), kTone) > 0.97 * kAmplitude);
}

BOOST_AUTO_TEST_CASE(a_hole_is_faded_to_silence_within_sixty_milliseconds_and_sound_returns_smoothly) {
    Simulation simulation;
    simulation.lost = [](int packet) { return packet >= 100 && packet < 120; };
    simulation.run(4);
    // Packet 100 begins at 2 s, heard at 2.08 s.
    const auto loudest = [&](double from, double to) {
        double peak = 0;
        for (const float sample : simulation.between(from, to)) peak = std::max<double>(peak, std::abs(sample));
        return peak;
    };
    BOOST_TEST(loudest(2.080, 2.090) > 0.95 * kAmplitude);
    BOOST_TEST(loudest(2.110, 2.120) < 0.65 * kAmplitude);
    BOOST_TEST(loudest(2.140, 2.480) == 0.0);
    BOOST_TEST(loudest(2.490, 2.500) > 0.95 * kAmplitude);
    BOOST_TEST(largestStep(simulation.between(1, 4)) < kSmooth);
    BOOST_TEST(simulation.queue.steps() == 1U);
    BOOST_TEST(std::abs(simulation.latenessMs(3)) < 0.05);
}

BOOST_AUTO_TEST_CASE(jumps_of_timestamps_are_taken_in_one_smooth_step) {
    for (const double jump : {0.050, 0.3, -0.050, -0.070}) {
        Simulation simulation;
        simulation.shift = [&](int packet) { return packet >= 100 ? jump : 0.0; };
        simulation.run(6);
        BOOST_TEST_CONTEXT("jump " << jump) {
            BOOST_TEST(simulation.queue.steps() == 1U);
            BOOST_TEST(largestStep(simulation.between(0.2, 6)) < 2 * toneStep(kTone, kAmplitude));
            const double heard = simulation.latenessMs(5);
            BOOST_TEST(std::abs(std::remainder(heard - jump * 1000, 1000 / kTone)) < 0.05);
            BOOST_TEST(simulation.largestBacklogMs < 80 + 301);
        }
    }
}

BOOST_AUTO_TEST_CASE(restarted_sender_is_heard_at_once) {
    SampleQueue queue;
    ToneGenerator tone(kTone, kAmplitude);
    AudioBlock block;
    std::vector<float> left;
    for (int k = 0; k < 300; ++k) {
        const auto samples = tone.stereo(480);
        if (k == 100) queue.clear();
        // Silent for 300 ms, then anew, with timestamps that are not multiples of the sample period.
        if (k < 100 || k >= 130) {
            queue.write(MediaTime(milliseconds(10 * k) + Duration(k < 100 ? 0 : 7'654'321)), samples.data(), 480);
        }
        queue.read(MediaTime(milliseconds(10 * k)), block);
        left.insert(left.end(), block.samples[0].begin(), block.samples[0].end());
    }
    BOOST_TEST(largestStep(std::span(left).subspan(4800)) < kSmooth);
    BOOST_TEST(signalToRestDb(std::span(left).subspan(200 * 480, 4800), kTone) > 70.0);
    BOOST_TEST(queue.backlogMs() <= 10);
}

BOOST_AUTO_TEST_CASE(reader_that_skips_or_changes_its_delay_gets_no_click) {
    SampleQueue queue;
    ToneGenerator tone(kTone, kAmplitude);
    AudioBlock block;
    std::vector<float> left;
    Duration delay = milliseconds(50);
    for (int k = 0; k < 400; ++k) {
        queue.write(MediaTime(milliseconds(10 * k)), tone.stereo(480).data(), 480);
        if (k == 100) delay = milliseconds(83);
        if (k == 200) delay = milliseconds(31);
        if (k >= 300 && k < 305) continue;
        queue.read(MediaTime(milliseconds(10 * k) - delay), block);
        left.insert(left.end(), block.samples[0].begin(), block.samples[0].end());
    }
    BOOST_TEST(largestStep(std::span(left).subspan(4800)) < 2 * toneStep(kTone, kAmplitude));
    BOOST_TEST(queue.concealedBlocks() == 0U);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_sound_does_no_harm) {
    SampleQueue queue;
    std::vector<float> samples(960, std::numeric_limits<float>::quiet_NaN());
    samples[0] = std::numeric_limits<float>::infinity();
    queue.write(MediaTime(Duration(INT64_MAX)), samples.data(), 480);
    queue.write(MediaTime(Duration(INT64_MIN)), samples.data(), 480);
    BOOST_TEST(queue.droppedSamples() == 960U);
    queue.write(MediaTime(), samples.data(), 480);
    queue.write(MediaTime(milliseconds(12)), samples.data(), 480);
    AudioBlock block;
    for (int k = 0; k < 5; ++k) {
        queue.read(MediaTime(milliseconds(10 * k)), block);
        for (const float sample : block.samples[0]) BOOST_TEST(sample == 0.0F);
    }
}

BOOST_AUTO_TEST_CASE(writer_and_reader_and_clear_on_three_threads) {
    SampleQueue queue;
    Thread writer("writer", [&] {
        ToneGenerator tone(kTone, kAmplitude);
        for (int k = 0; k < 2000; ++k) queue.write(MediaTime(milliseconds(10 * k)), tone.stereo(480).data(), 480);
    });
    Thread clearer("clearer", [&] {
        for (int k = 0; k < 100; ++k) queue.clear();
    });
    AudioBlock block;
    for (int k = 0; k < 2000; ++k) {
        queue.read(MediaTime(milliseconds(10 * k)), block);
        for (const float sample : block.samples[0]) TESSERA_CHECK(std::abs(sample) <= 1.0F);
    }
    writer.join();
    clearer.join();
    BOOST_TEST(queue.backlogMs() <= 1000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
