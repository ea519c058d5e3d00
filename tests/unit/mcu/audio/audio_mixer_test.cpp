#include "mcu/audio/audio_mixer.h"

#include <boost/test/unit_test.hpp>
#include <deque>
#include <map>

#include "tests/support/signal.h"

namespace tessera {

namespace {

using std::chrono::milliseconds;

constexpr double kAmplitude = 0.1;

/// Keeps one channel of everything that it is offered.
struct Recorder : BlockSink {
    void offer(const AudioBlock& block) override {
        left.insert(left.end(), block.samples[0].begin(), block.samples[0].end());
        right.insert(right.end(), block.samples[1].begin(), block.samples[1].end());
        last = block.index;
    }
    std::span<const float> between(double from, double to) const {
        const auto first = static_cast<std::size_t>(std::llround(from * kSampleRate));
        return std::span(left).subspan(first, static_cast<std::size_t>(std::llround(to * kSampleRate)) - first);
    }
    std::vector<float> left, right;
    std::int64_t last = -1;
};

/// Participants who each sing a tone of their own, and the mixer that hears them.
class Choir {
public:
    explicit Choir(int count, double amplitude = kAmplitude) {
        for (int i = 0; i < count; ++i) {
            singers_.push_back({.feed = std::make_shared<SourceFeed>(), .tone = ToneGenerator(hertz(i), amplitude)});
            plan.sources.push_back({.feed = singers_.back().feed, .participant = i});
        }
        plan.talkers = count;
    }
    static double hertz(int singer) { return 300 + 110 * singer; }

    Recorder& addMix(int excluded) {
        recorders_.push_back(std::make_shared<Recorder>());
        plan.mixes.push_back({.excludeParticipant = excluded, .sinks = {recorders_.back()}});
        return *recorders_.back();
    }
    void publish() { retired_.push_back(plans_.publish(std::make_shared<AudioPlan>(plan))); }
    /// Sings and mixes on.
    void run(double seconds) {
        for (const auto end = next_ + std::llround(seconds * 100); next_ < end; ++next_) {
            for (auto& singer : singers_) {
                if (singer.silent) continue;
                singer.feed->audio.write(MediaTime(kAudioTickRate.tickTime(next_)), singer.tone.stereo(480).data(),
                                         480);
            }
            mixer_.tick(next_);
        }
    }
    void silence(int singer, bool silent) { singers_[static_cast<std::size_t>(singer)].silent = silent; }
    const AudioMeter& meter(int singer) const { return singers_[static_cast<std::size_t>(singer)].feed->meter; }

    AudioPlan plan;

private:
    struct Singer {
        SourceFeedPtr feed;
        ToneGenerator tone;
        bool silent = false;
    };
    std::deque<Singer> singers_;
    std::vector<std::shared_ptr<Recorder>> recorders_;
    std::vector<std::shared_ptr<const AudioPlan>> retired_;
    Snapshot<AudioPlan> plans_;
    AudioMixer mixer_{plans_};
    std::int64_t next_ = 0;
};

double levelDb(std::span<const float> samples, double hertz) {
    return toDecibels(goertzelAmplitude(samples, hertz));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(audio_mixer)

BOOST_AUTO_TEST_CASE(each_participant_hears_all_others_and_not_themselves) {
    constexpr int kSingers = 6;
    Choir choir(kSingers);
    Recorder& everybody = choir.addMix(kNobody);
    std::deque<Recorder*> own;
    for (int i = 0; i < kSingers; ++i) own.push_back(&choir.addMix(i));
    choir.publish();
    choir.run(2);
    const double sung = toDecibels(kAmplitude);
    for (int tone = 0; tone < kSingers; ++tone) {
        const double hertz = Choir::hertz(tone);
        BOOST_TEST(std::abs(levelDb(everybody.between(1, 2), hertz) - sung) < 0.1);
        for (int listener = 0; listener < kSingers; ++listener) {
            const double heard = levelDb(own[static_cast<std::size_t>(listener)]->between(1, 2), hertz);
            if (tone == listener) {
                BOOST_TEST(heard < sung - 90);
            } else {
                BOOST_TEST(std::abs(heard - sung) < 0.1);
            }
        }
    }
    BOOST_TEST(everybody.last == 199);
}

BOOST_AUTO_TEST_CASE(all_sources_of_a_participant_are_left_out) {
    Choir choir(3);
    choir.plan.sources[1].participant = 0;
    Recorder& own = choir.addMix(0);
    choir.publish();
    choir.run(1);
    BOOST_TEST(levelDb(own.between(0.5, 1), Choir::hertz(0)) < -110);
    BOOST_TEST(levelDb(own.between(0.5, 1), Choir::hertz(1)) < -110);
    BOOST_TEST(std::abs(levelDb(own.between(0.5, 1), Choir::hertz(2)) - toDecibels(kAmplitude)) < 0.1);
}

BOOST_AUTO_TEST_CASE(twenty_sources_at_full_scale_do_not_clip) {
    Choir choir(20, 1.0);
    Recorder& everybody = choir.addMix(kNobody);
    Recorder& own = choir.addMix(7);
    choir.publish();
    choir.run(3);
    for (const Recorder* recorder : {&everybody, &own}) {
        float peak = 0;
        for (const float sample : recorder->left) peak = std::max(peak, std::abs(sample));
        BOOST_TEST(peak <= Limiter::kCeiling);
        BOOST_TEST(peak > 0.9F * Limiter::kCeiling);
    }
}

BOOST_AUTO_TEST_CASE(own_voice_does_not_even_move_the_limiter_of_the_own_mix) {
    const auto hear = [](bool ownVoice) {
        Choir choir(12, 1.0);
        Recorder& own = choir.addMix(7);
        choir.silence(7, !ownVoice);
        choir.publish();
        choir.run(1);
        return own.left;
    };
    const auto with = hear(true), without = hear(false);
    double difference = 0;
    for (std::size_t i = 0; i < with.size(); ++i)
        difference = std::max<double>(difference, std::abs(with[i] - without[i]));
    BOOST_TEST(toDecibels(difference) < -100);
}

BOOST_AUTO_TEST_CASE(sound_with_pts_t_is_heard_at_t_plus_playout_delay) {
    for (const Duration delay : {Duration(milliseconds(80)), Duration(milliseconds(43)), samplesToDuration(4801)}) {
        Snapshot<AudioPlan> plans;
        const auto feed = std::make_shared<SourceFeed>();
        const auto sink = std::make_shared<Recorder>();
        AudioPlan plan;
        plan.sources.push_back({.feed = feed});
        plan.mixes.push_back({.sinks = {sink}});
        plan.playoutDelay = delay;
        plans.publish(std::make_shared<AudioPlan>(plan));
        AudioMixer mixer(plans);
        std::vector<float> hum(960, 0.001F);
        constexpr std::int64_t kImpulse = 48000 + 1234;
        for (int k = 0; k < 150; ++k) {
            auto samples = hum;
            if (kImpulse / 480 == k) samples[2 * (kImpulse % 480)] = 0.8F;
            feed->audio.write(MediaTime(milliseconds(10 * k)), samples.data(), 480);
            mixer.tick(k);
        }
        const auto peak = std::max_element(sink->left.begin(), sink->left.end());
        BOOST_TEST(std::distance(sink->left.begin(), peak) == kImpulse + std::llround(toSeconds(delay) * kSampleRate));
        BOOST_TEST(*peak == 0.8F);
    }
}

BOOST_AUTO_TEST_CASE(changes_of_the_plan_make_no_click) {
    Choir choir(2, 0.5);
    choir.plan.sources.pop_back();
    Recorder& mix = choir.addMix(kNobody);
    choir.publish();
    choir.run(0.5);
    const auto source = choir.plan.sources[0];
    const auto change = [&](const AudioPlanSource& changed) {
        choir.plan.sources[0] = changed;
        choir.publish();
        choir.run(0.303);
    };
    auto muted = source, quiet = source, held = source;
    muted.muted = true;
    quiet.gain = 0.1F;
    held.heldBack = true;
    for (const auto& next : {muted, source, quiet, source, held, source}) change(next);
    choir.plan.talkers = 0;
    change(source);
    choir.plan.talkers = 1;
    change(source);
    choir.plan.sources.clear();
    choir.publish();
    choir.run(0.303);
    choir.plan.sources.push_back(source);
    choir.publish();
    choir.run(0.303);
    // A 5 ms ramp of a tone adds no more than amplitude / 240 to its own steps.
    BOOST_TEST(largestStep(std::span(mix.left).subspan(9600)) < toneStep(Choir::hertz(0), 0.5) + 0.5 / 240);
    const auto heardAfter = [&](int changes) {
        const double from = 0.5 + 0.3 * changes + 0.1;
        return goertzelAmplitude(mix.between(from, from + 0.1), Choir::hertz(0)) / 0.5;
    };
    const std::array expected{0.0, 1.0, 0.1, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0};
    for (int i = 0; i < 10; ++i) BOOST_TEST(std::abs(heardAfter(i) - expected[static_cast<std::size_t>(i)]) < 0.01);
}

/// A listener of the shared mix gets one of their own: it begins with what was heard before, block for block.
BOOST_AUTO_TEST_CASE(a_new_mix_goes_on_where_the_one_before_is) {
    for (const double amplitude : {0.1, 0.9}) {  // the latter is limited
        Choir choir(3, amplitude);
        choir.silence(0, true);
        Recorder& shared = choir.addMix(kNobody);
        choir.publish();
        choir.run(1);
        Recorder& own = choir.addMix(0);
        choir.plan.mixes.back().continues = kNobody;
        choir.publish();
        choir.run(1);
        constexpr std::size_t kBefore = 8 * kBlockSamples;
        BOOST_REQUIRE(own.left.size() == 48000 + kBefore);
        double largest = 0;
        for (std::size_t i = 0; i < own.left.size(); ++i) {
            const double difference = own.left[i] - shared.left[48000 - kBefore + i];
            largest = std::max(largest, std::abs(difference));
        }
        BOOST_TEST(toDecibels(largest) < -120);
    }
}

BOOST_AUTO_TEST_CASE(speakers_are_heard_where_they_are_seen) {
    Choir choir(2);
    Recorder& mix = choir.addMix(kNobody);
    choir.plan.stereo = true;
    choir.plan.sources[0].feed->treatment.place = -0.5F;
    choir.plan.sources[1].feed->treatment.place = 0.5F;
    choir.publish();
    choir.run(2);
    const auto level = [](const std::vector<float>& side, int singer) {
        return goertzelAmplitude(std::span(side).last(48000), Choir::hertz(singer));
    };
    BOOST_TEST(toDecibels(level(mix.left, 0) / level(mix.left, 1)) > 3);
    BOOST_TEST(toDecibels(level(mix.right, 1) / level(mix.right, 0)) > 3);
    const double power = std::pow(level(mix.left, 0), 2) + std::pow(level(mix.right, 0), 2);
    BOOST_TEST(power == 2 * kAmplitude * kAmplitude, boost::test_tools::tolerance(0.01));
    BOOST_TEST(largestStep(std::span(mix.left).subspan(4800)) <
               1.5 * (toneStep(Choir::hertz(0), kAmplitude) + toneStep(Choir::hertz(1), kAmplitude)));
}

BOOST_AUTO_TEST_CASE(sources_keep_their_state_when_their_order_changes) {
    Choir choir(3);
    Recorder& mix = choir.addMix(kNobody);
    choir.silence(0, true);
    choir.publish();
    choir.run(2);
    const int rank = choir.meter(2).speakerRank();
    std::swap(choir.plan.sources[0], choir.plan.sources[2]);
    choir.publish();
    choir.run(1);
    BOOST_TEST(choir.meter(2).speakerRank() == rank);
    const double smooth = toneStep(Choir::hertz(1), kAmplitude) + toneStep(Choir::hertz(2), kAmplitude);
    BOOST_TEST(largestStep(std::span(mix.left).subspan(9600)) < 1.01 * smooth);
}

BOOST_AUTO_TEST_CASE(skipped_ticks_make_no_click) {
    Choir choir(1);
    Recorder& mix = choir.addMix(kNobody);
    choir.publish();
    Snapshot<AudioPlan> plans(std::make_shared<AudioPlan>(choir.plan));
    AudioMixer mixer(plans);
    ToneGenerator tone(Choir::hertz(0), kAmplitude);
    for (int k = 0; k < 200; ++k) {
        choir.plan.sources[0].feed->audio.write(MediaTime(milliseconds(10 * k)), tone.stereo(480).data(), 480);
        if (k < 100 || k > 103) mixer.tick(k);
    }
    BOOST_TEST(largestStep(std::span(mix.left).subspan(9600)) < 2 * toneStep(Choir::hertz(0), kAmplitude));
}

BOOST_AUTO_TEST_CASE(meters_tell_level_speech_rank_and_talkers) {
    Choir choir(3);
    choir.silence(1, true);
    choir.plan.sources[2].muted = true;
    choir.publish();
    choir.run(1);
    BOOST_TEST(std::abs(choir.meter(0).levelDbov() - (toDecibels(kAmplitude) - 3.01)) < 0.1);
    BOOST_TEST(choir.meter(0).isSpeaking());
    BOOST_TEST(choir.meter(0).isTalker());
    BOOST_TEST(choir.meter(0).speakerRank() == 0);
    for (const int silent : {1, 2}) {
        BOOST_TEST(choir.meter(silent).levelDbov() == kSilenceDbov);
        BOOST_TEST(!choir.meter(silent).isSpeaking());
        BOOST_TEST(!choir.meter(silent).isTalker());
        BOOST_TEST(choir.meter(silent).speakerRank() == -1);
    }
}

BOOST_AUTO_TEST_CASE(only_talkers_are_heard) {
    Choir choir(5);
    choir.plan.talkers = 2;
    Recorder& mix = choir.addMix(kNobody);
    choir.publish();
    choir.run(1);
    int heard = 0;
    for (int i = 0; i < 5; ++i) {
        const bool audible = levelDb(mix.between(0.5, 1), Choir::hertz(i)) > -30;
        BOOST_TEST(audible == choir.meter(i).isTalker());
        heard += audible ? 1 : 0;
    }
    BOOST_TEST(heard == 2);
}

BOOST_AUTO_TEST_CASE(equal_input_makes_equal_output) {
    const auto run = [] {
        Choir choir(8, 0.6);
        choir.plan.talkers = 4;
        Recorder& mix = choir.addMix(3);
        choir.publish();
        choir.run(1);
        choir.plan.sources.erase(choir.plan.sources.begin() + 2);
        choir.publish();
        choir.run(1);
        return mix.left;
    };
    BOOST_TEST((run() == run()));
}

BOOST_AUTO_TEST_CASE(feeds_are_not_kept_alive_by_the_mixer) {
    Snapshot<AudioPlan> plans;
    AudioMixer mixer(plans);
    auto feed = std::make_shared<SourceFeed>();
    auto plan = std::make_shared<AudioPlan>();
    plan->sources.push_back({.feed = feed});
    plans.publish(std::move(plan));
    mixer.tick(0);
    plans.publish(std::make_shared<AudioPlan>());
    mixer.tick(1);
    BOOST_TEST(feed.use_count() == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
