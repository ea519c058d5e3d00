#include <boost/test/unit_test.hpp>

#include "mcu/audio/audio_mixer.h"

#include "tests/support/signal.h"

namespace tessera {

namespace {

/// Counts what it is offered.
struct CountingMeter final : LoudnessMeter {
    void offer(const AudioBlock& block) override {
        ++blocks;
        loudest = std::max(loudest, *std::max_element(block.samples[0].begin(), block.samples[0].end()));
        if (block.samples[0] == AudioBlock().samples[0]) ++silent;
    }
    Loudness reading() const override { return {.shortTermLufs = shortTerm}; }
    float shortTerm = kSilenceLufs;
    int blocks = 0, silent = 0;
    float loudest = 0;
};

/// A mixer with one source, which sings.
struct Fixture {
    Fixture() {
        plan.sources.push_back({.feed = feed, .gain = 0.1F, .loudness = meter});
        plan.playoutDelay = {};
    }
    void run(int ticks) {
        retired.push_back(plans.publish(std::make_shared<AudioPlan>(plan)));
        for (const auto end = next + ticks; next < end; ++next) {
            feed->audio.write(MediaTime(kAudioTickRate.tickTime(next)), tone.stereo(480).data(), 480);
            mixer.tick(next);
        }
    }

    SourceFeedPtr feed = std::make_shared<SourceFeed>();
    std::shared_ptr<CountingMeter> meter = std::make_shared<CountingMeter>();
    AudioPlan plan;
    Snapshot<AudioPlan> plans{std::make_shared<AudioPlan>()};
    std::vector<std::shared_ptr<const AudioPlan>> retired;
    AudioMixer mixer{plans};
    ToneGenerator tone{997, 0.5};
    std::int64_t next = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(source_loudness, Fixture)

BOOST_AUTO_TEST_CASE(source_is_measured_before_gain_while_it_is_heard) {
    run(100);
    BOOST_TEST(meter->blocks == 100);
    BOOST_TEST(meter->silent < 5);
    BOOST_TEST(meter->loudest > 0.49F);
}

BOOST_AUTO_TEST_CASE(source_that_is_no_longer_heard_is_measured_as_silence_for_three_seconds) {
    run(100);
    plan.sources[0].muted = true;
    const int heard = meter->blocks - meter->silent;
    run(1000);
    BOOST_TEST(meter->blocks - meter->silent == heard);
    BOOST_TEST(meter->blocks == 100 + 309);
    plan.sources[0].muted = false;
    run(100);
    BOOST_TEST(meter->blocks - meter->silent > heard + 90);
}

BOOST_AUTO_TEST_CASE(source_that_was_never_heard_is_not_measured) {
    plan.sources[0].muted = true;
    run(100);
    BOOST_TEST(meter->blocks == 0);
}

BOOST_AUTO_TEST_CASE(source_that_comes_back_silent_is_measured_as_silence) {
    run(100);
    meter->shortTerm = -20;
    plan.sources[0].feed = std::make_shared<SourceFeed>();
    plan.sources[0].muted = true;
    const int heard = meter->blocks - meter->silent;
    run(400);
    BOOST_TEST(meter->blocks - meter->silent == heard);
    BOOST_TEST(meter->silent >= 309);
}

BOOST_AUTO_TEST_CASE(source_without_a_meter_is_heard_all_the_same) {
    plan.sources[0].loudness = nullptr;
    run(100);
    BOOST_TEST(meter->blocks == 0);
    BOOST_TEST(feed->meter.levelDbov() > -12);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
