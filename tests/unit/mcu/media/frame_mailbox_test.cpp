#include "mcu/media/frame_mailbox.h"

#include <boost/test/unit_test.hpp>

namespace tessera {
namespace {

FramePtr frame(int ms, Size size = {640, 360}) {
    auto result = std::make_shared<VideoFrame>();
    result->size = size;
    result->pts = MediaTime(std::chrono::milliseconds(ms));
    return result;
}
MediaTime at(int ms) {
    return MediaTime(std::chrono::milliseconds(ms));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(frame_mailbox)

BOOST_AUTO_TEST_CASE(the_newest_picture_that_is_due_is_taken_and_held) {
    FrameMailbox box;
    BOOST_TEST(box.take(at(0)) == nullptr);
    for (const int ms : {0, 33, 66}) box.offer(frame(ms));
    BOOST_TEST((box.take(at(50))->pts == at(33)));
    BOOST_TEST((box.take(at(50))->pts == at(33)));
    BOOST_TEST((box.take(at(1000))->pts == at(66)));
    BOOST_TEST((box.take(at(9000))->pts == at(66)));
    BOOST_TEST(box.dropped() == 1U);
}

BOOST_AUTO_TEST_CASE(pictures_that_nobody_takes_do_not_pile_up) {
    FrameMailbox box;
    for (int ms = 0; ms < 1000; ++ms) box.offer(frame(ms));
    BOOST_TEST(box.dropped() == 1000 - FrameMailbox::kDepth);
    BOOST_TEST((box.take(at(5000))->pts == at(999)));
}

BOOST_AUTO_TEST_CASE(the_newest_picture_is_told_and_stays) {
    FrameMailbox box;
    BOOST_TEST(box.newest() == nullptr);
    for (const int ms : {0, 33}) box.offer(frame(ms));
    BOOST_TEST((box.newest()->pts == at(33)));
    BOOST_TEST((box.take(at(10))->pts == at(0)));
    BOOST_TEST((box.take(at(100))->pts == at(33)));
    BOOST_TEST((box.newest()->pts == at(33)));
}

BOOST_AUTO_TEST_CASE(degenerate_last_pictures_are_ignored) {
    FrameMailbox box;
    box.offer(frame(0));
    box.offer(frame(33, {2, 2}));
    box.offer(frame(66, {8, 8}));
    BOOST_TEST((box.take(at(100))->pts == at(0)));
}

BOOST_AUTO_TEST_CASE(a_sender_that_starts_anew_replaces_what_waited) {
    FrameMailbox box;
    box.offer(frame(5000));
    box.offer(frame(100));
    BOOST_TEST((box.take(at(200))->pts == at(100)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
