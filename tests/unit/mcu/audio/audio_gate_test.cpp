#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <deque>

#include "mcu/audio/audio_mixer.h"

#include "tests/support/signal.h"

namespace tessera {

namespace {

constexpr float kVoice = -20;
constexpr float kRoom = -65;

struct Recorder : BlockSink {
    void offer(const AudioBlock& block) override {
        left.insert(left.end(), block.samples[0].begin(), block.samples[0].end());
    }
    std::vector<float> left;
};

/// Sources whose edges tell levels a playout delay ahead of the sound, and decode what is wanted.
class GatedRoom {
public:
    explicit GatedRoom(int count, int talkers) {
        for (int i = 0; i < count; ++i) {
            seats_.push_back({.feed = std::make_shared<SourceFeed>(), .tone = ToneGenerator(300 + 10 * i, 0.1)});
            plan.sources.push_back({.feed = seats_.back().feed, .participant = i});
        }
        plan.talkers = talkers;
        recorder_ = std::make_shared<Recorder>();
        plan.mixes.push_back({.sinks = {recorder_}});
        static_cast<void>(plans_.publish(std::make_shared<AudioPlan>(plan)));
    }

    void say(int seat, float level) { seats_[static_cast<std::size_t>(seat)].level = level; }
    /// What it reports differs from what it sends.
    void lie(int seat, float reported) { seats_[static_cast<std::size_t>(seat)].reported = reported; }

    void run(int ticks) {
        for (const auto end = next_ + ticks; next_ < end; ++next_) {
            for (auto& seat : seats_) arrive(seat);
            mixer_.tick(next_);
        }
    }
    std::vector<int> wanted() const {
        std::vector<int> result;
        for (std::size_t i = 0; i < seats_.size(); ++i) {
            if (seats_[i].feed->gate.isWanted()) result.push_back(static_cast<int>(i));
        }
        return result;
    }
    std::span<const float> lastSecond() const { return std::span(recorder_->left).last(48000); }
    const std::vector<float>& heard() const { return recorder_->left; }
    const AudioMeter& meter(int seat) const { return seats_[static_cast<std::size_t>(seat)].feed->meter; }

    AudioPlan plan;

private:
    struct Seat {
        SourceFeedPtr feed;
        ToneGenerator tone;
        float level = kRoom;
        std::optional<float> reported;
        std::deque<std::pair<std::int64_t, std::vector<float>>> kept;
    };

    void arrive(Seat& seat) {
        auto sound = seat.tone.stereo(kBlockSamples);
        const float gain = std::pow(10.0F, (seat.level + 23) / 20);  // the tone is at -23 dBov
        for (auto& sample : sound) sample *= gain;
        seat.kept.emplace_back(next_, std::move(sound));
        if (seat.kept.size() > 12) seat.kept.pop_front();
        seat.feed->gate.report(seat.reported.value_or(seat.level));
        if (!seat.feed->gate.isWanted()) return;
        for (auto& [index, samples] : seat.kept) {
            seat.feed->audio.write(MediaTime(kAudioTickRate.tickTime(index)), samples.data(), kBlockSamples);
        }
        seat.kept.clear();
    }

    std::deque<Seat> seats_;
    std::shared_ptr<Recorder> recorder_;
    Snapshot<AudioPlan> plans_;
    AudioMixer mixer_{plans_};
    std::int64_t next_ = 0;
};

using Numbers = std::vector<int>;

}  // namespace

BOOST_AUTO_TEST_SUITE(audio_gate)

BOOST_AUTO_TEST_CASE(of_two_hundred_only_those_who_speak_are_decoded) {
    GatedRoom room(200, 8);
    room.run(400);
    BOOST_TEST(room.wanted().empty());
    for (const int seat : {3, 77, 150}) room.say(seat, kVoice);
    room.run(300);
    BOOST_TEST(room.wanted() == (Numbers{3, 77, 150}));
    for (const int seat : {3, 77, 150}) {
        BOOST_TEST(toDecibels(goertzelAmplitude(room.lastSecond(), 300 + 10 * seat)) > -18);
        BOOST_TEST(room.meter(seat).isTalker());
    }
    BOOST_TEST(toDecibels(goertzelAmplitude(room.lastSecond(), 310)) < -80);
    BOOST_TEST(room.meter(1).levelDbov() == kRoom, boost::test_tools::tolerance(0.01F));
}

BOOST_AUTO_TEST_CASE(nothing_of_a_first_word_is_missing) {
    GatedRoom room(50, 4);
    room.run(200);
    room.say(7, kVoice);
    room.run(100);
    // The first loud block is number 200; it is due eight ticks later.
    const auto& heard = room.heard();
    const auto due = static_cast<std::size_t>(208 * kBlockSamples);
    const auto onset = std::span(heard).subspan(due, 2 * kBlockSamples);
    const auto later = std::span(heard).subspan(due + 20 * kBlockSamples, 2 * kBlockSamples);
    BOOST_TEST(goertzelAmplitude(onset, 370) > 0.9 * goertzelAmplitude(later, 370));
}

BOOST_AUTO_TEST_CASE(who_falls_silent_is_not_decoded_any_more_and_comes_back) {
    GatedRoom room(20, 4);
    room.say(5, kVoice);
    room.run(100);
    BOOST_TEST(room.wanted() == (Numbers{5}));
    room.say(5, -100);
    room.run(700);
    BOOST_TEST(room.wanted().empty());
    room.say(5, kVoice);
    room.run(100);
    BOOST_TEST(room.wanted() == (Numbers{5}));
    BOOST_TEST(toDecibels(goertzelAmplitude(room.lastSecond().last(24000), 350)) > -18);
}

BOOST_AUTO_TEST_CASE(muted_sources_are_not_decoded) {
    GatedRoom room(3, 4);
    room.plan.sources[1].muted = true;
    GatedRoom muted(0, 4);
    Snapshot<AudioPlan> plans(std::make_shared<AudioPlan>(room.plan));
    AudioMixer mixer(plans);
    for (const auto& source : room.plan.sources) source.feed->gate.report(kVoice);
    for (int k = 0; k < 300; ++k) {
        for (const auto& source : room.plan.sources) source.feed->gate.report(kVoice);
        mixer.tick(k);
    }
    BOOST_TEST(room.wanted() == (Numbers{0, 2}));
}

BOOST_AUTO_TEST_CASE(who_reports_speech_and_sends_none_is_believed_less_and_less) {
    GatedRoom room(20, 2);
    room.say(0, -90);
    room.lie(0, kVoice);
    room.run(3000);
    for (const int seat : {4, 5}) room.say(seat, kVoice);
    room.run(1000);
    BOOST_TEST(room.meter(4).isTalker());
    BOOST_TEST(room.meter(5).isTalker());
    BOOST_TEST(!room.meter(0).isTalker());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
