#include "mcu/audio/speaker_ranking.h"

#include <boost/test/unit_test.hpp>
#include <deque>

namespace tessera {

namespace {

constexpr float kTalk = -25, kLoud = -18, kNoise = -60;

/// Sources whose levels a test sets, and the decisions about them.
struct Room {
    explicit Room(std::size_t count, int mostTalkers = 100) : sources(count), most(mostTalkers) {
        for (auto& source : sources) pointers.push_back(&source);
    }
    void run(int milliseconds) {
        for (int at = 0; at < milliseconds; at += 10) {
            ranking.update(pointers);
            selectTalkers(pointers, most);
        }
    }
    void say(std::size_t source, float levelDbov) { sources[source].levelDbov = levelDbov; }
    std::vector<int> ranks() const {
        std::vector<int> all;
        for (const auto& source : sources) all.push_back(source.rank);
        return all;
    }
    std::vector<int> talkers() const {
        std::vector<int> all;
        for (std::size_t i = 0; i < sources.size(); ++i) {
            if (sources[i].talker) all.push_back(static_cast<int>(i));
        }
        return all;
    }

    std::deque<SpeechActivity> sources;
    std::vector<SpeechActivity*> pointers;
    int most;
    SpeakerRanking ranking;
};

using Numbers = std::vector<int>;

}  // namespace

BOOST_AUTO_TEST_SUITE(speaker_ranking)

BOOST_AUTO_TEST_CASE(speech_of_three_hundred_milliseconds_makes_the_active_speaker) {
    Room room(3);
    room.say(1, kTalk);
    room.run(290);
    BOOST_TEST(room.ranks() == (Numbers{-1, -1, -1}));
    room.run(10);
    BOOST_TEST(room.ranks() == (Numbers{-1, 0, -1}));
    BOOST_TEST(room.sources[1].speaking);
}

BOOST_AUTO_TEST_CASE(coughs_and_noise_change_nothing) {
    Room room(2);
    room.say(0, kTalk);
    room.run(1000);
    room.say(0, kNoise);
    room.run(3000);
    for (int cough = 0; cough < 20; ++cough) {
        room.say(1, kLoud);
        room.run(200);
        room.say(1, kNoise);
        room.run(600);
    }
    BOOST_TEST(room.ranks() == (Numbers{0, -1}));
    BOOST_TEST(!room.sources[0].speaking);
}

BOOST_AUTO_TEST_CASE(pauses_of_speech_do_not_end_it) {
    Room room(1);
    for (int word = 0; word < 10; ++word) {
        room.say(0, kTalk);
        room.run(400);
        BOOST_TEST(room.sources[0].speaking);
        room.say(0, kNoise);
        room.run(400);
        BOOST_TEST(room.sources[0].speaking);
    }
    room.run(1000);
    BOOST_TEST(!room.sources[0].speaking);
}

BOOST_AUTO_TEST_CASE(louder_speaker_takes_over_after_holding_out_and_equal_ones_do_not) {
    Room room(3);
    room.say(0, kTalk);
    room.run(2000);
    room.say(1, kTalk + 1);
    room.run(5000);
    BOOST_TEST(room.ranks() == (Numbers{0, 1, -1}));
    room.say(2, kLoud);
    room.run(400);
    BOOST_TEST(room.sources[0].rank == 0);
    room.run(500);
    BOOST_TEST(room.ranks() == (Numbers{1, 2, 0}));
}

BOOST_AUTO_TEST_CASE(two_alternating_loud_voices_switch_at_most_once_a_second) {
    Room room(2);
    int switches = 0, active = -1;
    for (int turn = 0; turn < 40; ++turn) {
        room.say(0, turn % 2 == 0 ? kLoud : kTalk - 10);
        room.say(1, turn % 2 == 0 ? kTalk - 10 : kLoud);
        for (int part = 0; part < 50; ++part) {
            room.run(10);
            const int now = room.sources[0].rank == 0 ? 0 : 1;
            switches += now != active ? 1 : 0;
            active = now;
        }
    }
    BOOST_TEST(switches <= 20);
}

BOOST_AUTO_TEST_CASE(answer_takes_over_when_the_first_falls_silent_and_ranks_remember) {
    Room room(4);
    for (const std::size_t speaker : {2U, 0U, 3U}) {
        room.say(speaker, kTalk);
        room.run(1500);
        room.say(speaker, kNoise);
        room.run(1500);
    }
    BOOST_TEST(room.ranks() == (Numbers{1, -1, 2, 0}));
    room.run(60000);
    BOOST_TEST(room.ranks() == (Numbers{1, -1, 2, 0}));
}

BOOST_AUTO_TEST_CASE(muted_source_neither_speaks_nor_talks) {
    Room room(2);
    room.sources[0].muted = true;
    room.say(0, kLoud);
    room.say(1, kTalk);
    room.run(2000);
    BOOST_TEST(room.ranks() == (Numbers{-1, 0}));
    BOOST_TEST(room.talkers() == (Numbers{1}));
    room.sources[1].muted = true;
    room.run(10);
    BOOST_TEST(!room.sources[1].speaking);
    BOOST_TEST(room.talkers().empty());
}

BOOST_AUTO_TEST_CASE(everybody_audible_talks_while_there_is_room) {
    Room room(4, 3);
    room.say(0, kTalk);
    room.say(1, kNoise);
    room.run(10);
    BOOST_TEST(room.talkers() == (Numbers{0, 1}));
    room.say(0, kSilenceDbov);
    room.run(2900);
    BOOST_TEST(room.talkers() == (Numbers{0, 1}));
    room.run(200);
    BOOST_TEST(room.talkers() == (Numbers{1}));
}

BOOST_AUTO_TEST_CASE(full_room_gives_a_place_to_speech_from_who_is_quiet) {
    Room room(4, 2);
    room.say(0, kTalk);
    room.say(1, kNoise);
    room.run(2000);
    room.say(2, kTalk);
    room.run(100);
    BOOST_TEST(room.talkers() == (Numbers{0, 2}));
    // Both speak: a third of the same loudness waits, a much louder one does not.
    room.say(3, kTalk + 2);
    room.run(5000);
    BOOST_TEST(room.talkers() == (Numbers{0, 2}));
    room.say(3, kTalk + 12);
    room.run(200);
    BOOST_TEST(room.talkers().size() == 2U);
    BOOST_TEST(room.sources[3].talker);
    room.most = 1;
    room.run(10);
    BOOST_TEST(room.talkers() == (Numbers{3}));
    room.most = -1;
    room.run(10);
    BOOST_TEST(room.talkers().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
