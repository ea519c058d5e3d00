#include "mcu/meeting/audio_switch.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "mcu/base/sync.h"

namespace tessera {

namespace {

/// Packets of 20 ms, each one letter of its rendition.
PacketPtr packet(char rendition, int index, std::uint64_t sequence = 100) {
    auto result = std::make_shared<Packet>();
    result->kind = MediaKind::Audio;
    result->pts = MediaTime(std::chrono::milliseconds(20 * index) - std::chrono::microseconds(6500));
    result->duration = std::chrono::milliseconds(20);
    result->sequence = sequence;
    result->bytes = {static_cast<std::uint8_t>(rendition), static_cast<std::uint8_t>(index)};
    return result;
}

struct Listener final : PacketSink {
    void offer(PacketPtr packet) override {
        text += static_cast<char>(packet->bytes[0]) + std::to_string(packet->bytes[1]) + " ";
        gaps += hasAny && packet->pts != end;
        hasAny = true;
        end = packet->pts + packet->duration;
    }
    std::string text;
    bool hasAny = false;
    MediaTime end{};
    int gaps = 0;
};

struct Fixture {
    std::shared_ptr<Listener> listener = std::make_shared<Listener>();
    std::shared_ptr<AudioSwitch> audio = std::make_shared<AudioSwitch>(listener);
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(audio_switch, Fixture)

BOOST_AUTO_TEST_CASE(the_first_rendition_is_heard_at_once) {
    const auto a = audio->begin();
    BOOST_TEST(!audio->isSettled());
    a->offer(packet('a', 0, 0));
    a->offer(packet('a', 1, 1));
    BOOST_TEST(audio->isSettled());
    BOOST_TEST(listener->text == "a0 a1 ");
}

BOOST_AUTO_TEST_CASE(the_new_rendition_goes_on_exactly_where_the_old_one_ended) {
    const auto a = audio->begin();
    for (int i = 0; i < 3; ++i) a->offer(packet('a', i));
    const auto b = audio->begin();
    a->offer(packet('a', 3));
    b->offer(packet('b', 2, 2));  // sent already
    BOOST_TEST(!audio->isSettled());
    b->offer(packet('b', 3, 3));  // sent already, and so the next one is b4
    BOOST_TEST(audio->isSettled());
    a->offer(packet('a', 4));
    b->offer(packet('b', 4, 4));
    b->offer(packet('b', 5, 5));
    BOOST_TEST(listener->text == "a0 a1 a2 a3 b4 b5 ");
    BOOST_TEST(listener->gaps == 0);
}

BOOST_AUTO_TEST_CASE(whichever_encoder_is_the_quicker_the_change_comes_with_the_next_packet) {
    for (const bool isNewFirst : {false, true}) {
        auto to = std::make_shared<Listener>();
        auto each = std::make_shared<AudioSwitch>(to);
        const auto a = each->begin();
        a->offer(packet('a', 0));
        const auto b = each->begin();
        for (int i = 1; i < 4; ++i) {
            if (isNewFirst) b->offer(packet('b', i));
            a->offer(packet('a', i));
            if (!isNewFirst) b->offer(packet('b', i));
            BOOST_TEST(each->isSettled());
        }
        BOOST_TEST(to->text == (isNewFirst ? "a0 b1 b2 b3 " : "a0 a1 b2 b3 "));
    }
}

BOOST_AUTO_TEST_CASE(a_new_rendition_that_is_ahead_waits_for_the_old_one) {
    const auto a = audio->begin();
    a->offer(packet('a', 0));
    const auto b = audio->begin();
    b->offer(packet('b', 2));
    b->offer(packet('b', 3));
    BOOST_TEST(listener->text == "a0 ");
    a->offer(packet('a', 1));
    BOOST_TEST(listener->text == "a0 a1 b2 b3 ");
    BOOST_TEST(listener->gaps == 0);
}

BOOST_AUTO_TEST_CASE(an_encode_that_has_just_begun_is_waited_for) {
    const auto a = audio->begin();
    a->offer(packet('a', 0));
    const auto b = audio->begin();
    b->offer(packet('b', 1, 0));
    b->offer(packet('b', 2, 1));
    a->offer(packet('a', 1));
    a->offer(packet('a', 2));
    BOOST_TEST(!audio->isSettled());
    b->offer(packet('b', 3, 2));
    BOOST_TEST(listener->text == "a0 a1 a2 b3 ");
}

BOOST_AUTO_TEST_CASE(an_old_rendition_that_has_ended_is_not_waited_for_long) {
    const auto a = audio->begin();
    a->offer(packet('a', 0));
    const auto b = audio->begin();
    for (int i = 2; i < 20 && !audio->isSettled(); ++i) b->offer(packet('b', i));
    BOOST_TEST(audio->isSettled());
    BOOST_TEST(listener->text == "a0 b2 b3 b4 b5 b6 b7 ");
}

BOOST_AUTO_TEST_CASE(a_change_of_mind_leads_to_the_last_one) {
    const auto a = audio->begin();
    a->offer(packet('a', 0));
    const auto b = audio->begin();
    const auto c = audio->begin();
    b->offer(packet('b', 1));
    BOOST_TEST(!audio->isSettled());
    c->offer(packet('c', 1));
    b->offer(packet('b', 2));
    BOOST_TEST(listener->text == "a0 c1 ");
}

BOOST_AUTO_TEST_CASE(two_encoders_threads_keep_the_order) {
    for (int round = 0; round < 50; ++round) {
        auto to = std::make_shared<Listener>();
        auto each = std::make_shared<AudioSwitch>(to);
        const auto a = each->begin();
        a->offer(packet('a', 0));
        const auto b = each->begin();
        Thread first("first", [&] {
            for (int i = 1; i < 40; ++i) a->offer(packet('a', i));
        });
        Thread second("second", [&] {
            for (int i = 1; i < 40; ++i) b->offer(packet('b', i));
        });
        first.join();
        second.join();
        BOOST_TEST(to->gaps == 0, to->text);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
