#include "mcu/media/packet_queue.h"

#include <boost/test/unit_test.hpp>

namespace tessera {
namespace {

PacketPtr packet(MediaKind kind, int ms, bool keyframe, std::size_t bytes = 100) {
    auto result = std::make_shared<Packet>();
    result->kind = kind;
    result->keyframe = keyframe;
    result->pts = MediaTime(std::chrono::milliseconds(ms));
    result->bytes.resize(bytes);
    return result;
}
PacketPtr video(int ms, bool keyframe = false) {
    return packet(MediaKind::Video, ms, keyframe);
}
PacketPtr audio(int ms) {
    return packet(MediaKind::Audio, ms, true);
}

std::vector<PacketPtr> drain(PacketQueue& queue) {
    std::vector<PacketPtr> all;
    while (auto next = queue.take(Duration::zero())) all.push_back(std::move(next));
    return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(packet_queue)

BOOST_AUTO_TEST_CASE(video_begins_with_a_keyframe) {
    PacketQueue queue({});
    queue.offer(video(0));
    queue.offer(video(33, true));
    queue.offer(video(66));
    const auto all = drain(queue);
    BOOST_REQUIRE_EQUAL(all.size(), 2U);
    BOOST_TEST(all[0]->keyframe);
    BOOST_TEST(queue.dropped() == 1U);
}

BOOST_AUTO_TEST_CASE(a_reader_that_stalls_loses_video_up_to_the_next_keyframe) {
    PacketQueue queue({.duration = std::chrono::milliseconds(500)});
    queue.offer(video(0, true));
    for (int ms = 33; ms <= 600; ms += 33) queue.offer(video(ms));
    BOOST_TEST(drain(queue).empty());
    queue.offer(video(700));
    queue.offer(video(733, true));
    queue.offer(video(766));
    BOOST_TEST(drain(queue).size() == 2U);
    BOOST_TEST(queue.dropped() == 20U);
}

BOOST_AUTO_TEST_CASE(stalled_audio_loses_its_oldest_and_leaves_video_alone) {
    PacketQueue queue({.duration = std::chrono::milliseconds(100)});
    queue.offer(video(0, true));
    for (int ms = 0; ms <= 200; ms += 20) queue.offer(audio(ms));
    const auto all = drain(queue);
    BOOST_TEST((all.front()->kind == MediaKind::Video));
    BOOST_TEST((all[1]->pts == MediaTime(std::chrono::milliseconds(100))));
    BOOST_TEST(all.size() == 7U);
}

BOOST_AUTO_TEST_CASE(bytes_are_bounded) {
    PacketQueue queue({.bytes = 1000});
    for (int i = 0; i < 5; ++i) queue.offer(packet(MediaKind::Audio, i, true, 400));
    BOOST_TEST(drain(queue).size() <= 2U);
    BOOST_TEST(queue.dropped() >= 3U);
}

BOOST_AUTO_TEST_CASE(a_closed_queue_gives_what_it_has_and_takes_nothing) {
    PacketQueue queue({});
    queue.offer(audio(0));
    queue.close();
    queue.offer(audio(20));
    BOOST_TEST(drain(queue).size() == 1U);
    BOOST_TEST(queue.take(std::chrono::seconds(5)) == nullptr);
}

BOOST_AUTO_TEST_CASE(what_is_cleared_counts_as_dropped_and_video_begins_anew_with_a_keyframe) {
    PacketQueue queue({});
    queue.offer(video(0, true));
    queue.offer(audio(5));
    queue.clear();
    BOOST_TEST(queue.dropped() == 2U);
    queue.offer(video(33));
    queue.offer(audio(35));
    queue.offer(video(66, true));
    const auto all = drain(queue);
    BOOST_REQUIRE_EQUAL(all.size(), 2U);
    BOOST_TEST((all[0]->kind == MediaKind::Audio));
    BOOST_TEST(all[1]->keyframe);
    BOOST_TEST(queue.dropped() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
