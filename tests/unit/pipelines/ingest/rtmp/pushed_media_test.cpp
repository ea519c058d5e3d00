#include "pipelines/ingest/rtmp/pushed_media.h"

#include <boost/test/unit_test.hpp>

namespace tessera {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Part = FlvMedia::Part;
using Codec = FlvMedia::Codec;

const Bytes kAacConfig{0xaf, 0, 0x11, 0x90};  // 48 kHz, stereo
const Bytes kAacFrame{0xaf, 1, 0xaa, 0xbb};
const Bytes kAvcConfig{0x17, 0, 0, 0, 0, 1, 2, 3};
const Bytes kAvcFrame{0x17, 1, 0, 0, 0, 9, 8, 7};
const Bytes kHevcConfig{0x90, 'h', 'v', 'c', '1', 1, 2, 3};
const Bytes kHevcFrame{0x91, 'h', 'v', 'c', '1', 0, 0, 40, 0xc0, 0xff, 0xee};

RtmpMessage video(Bytes body, std::uint32_t timestamp = 0) {
    return {RtmpMessage::kVideo, 1, timestamp, std::move(body)};
}

RtmpMessage audio(Bytes body, std::uint32_t timestamp = 0) {
    return {RtmpMessage::kAudio, 1, timestamp, std::move(body)};
}

struct Pushed {
    std::shared_ptr<BytePipe> pipe = std::make_shared<BytePipe>();
    PushedMedia media{pipe};

    /// What has come out so far.
    std::string written() {
        const SteadyClock clock;
        Interrupt interrupt(clock);
        interrupt.endBy(clock.now());
        Bytes bytes(1 << 16);
        bytes.resize(pipe->read(bytes, interrupt));
        return {bytes.begin(), bytes.end()};
    }
};

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pushed_media)

BOOST_AUTO_TEST_CASE(each_part_of_a_message_is_found) {
    const auto avc = readFlvMedia(video({0x27, 1, 0xff, 0xff, 0xfe, 5, 6}));
    BOOST_TEST((avc.codec == Codec::H264 && avc.part == Part::Frame && !avc.isKeyframe && !avc.isEnhanced));
    BOOST_TEST(avc.compositionMs == -2);
    BOOST_TEST(avc.payload.size() == 2U);
    const auto hevc = readFlvMedia(video(kHevcFrame));
    BOOST_TEST((hevc.codec == Codec::Hevc && hevc.part == Part::Frame && hevc.isKeyframe && hevc.isEnhanced));
    BOOST_TEST(hevc.compositionMs == 40);
    BOOST_TEST(hevc.payload.size() == 3U);
    const auto direct = readFlvMedia(video({0xa3, 'h', 'v', 'c', '1', 1, 2}));
    BOOST_TEST((direct.part == Part::Frame && !direct.isKeyframe && direct.payload.size() == 2U));
    const auto av1 = readFlvMedia(video({0x91, 'a', 'v', '0', '1', 1, 2}));
    BOOST_TEST((av1.codec == Codec::Av1 && av1.payload.size() == 2U && av1.compositionMs == 0));
    const auto opus = readFlvMedia(audio({0x90, 'O', 'p', 'u', 's', 1}));
    BOOST_TEST((opus.codec == Codec::Opus && opus.part == Part::Config && opus.isEnhanced));
    const auto config = readFlvMedia(audio(kAacConfig));
    BOOST_TEST((config.codec == Codec::Aac && config.part == Part::Config && config.payload.size() == 2U));
}

BOOST_AUTO_TEST_CASE(what_is_cut_short_holds_nothing_and_what_is_not_known_has_no_codec) {
    for (const Bytes& body : {Bytes{0x17}, Bytes{0x17, 1, 0, 0}, Bytes{0x92}, Bytes{0x94, 'h', 'v', 'c', '1'},
                              Bytes{0x91, 'h', 'v', 'c', '1', 0, 0}}) {
        BOOST_TEST((readFlvMedia(video(body)).part == Part::Other));
    }
    for (const Bytes& body : {Bytes{0x90, 'h', 'v'}, Bytes{0x91, 'v', 'v', 'c', '1', 0, 0, 0}, Bytes{0x96, 0, 0, 0, 0},
                              Bytes{0x12, 0, 0, 0}}) {
        const auto media = readFlvMedia(video(body));
        BOOST_TEST((media.part != Part::Other && media.codec == Codec::Unknown));
    }
}

BOOST_AUTO_TEST_CASE(sound_is_held_for_the_picture_and_both_come_out_as_flv_in_their_order) {
    Pushed pushed;
    BOOST_REQUIRE(pushed.media.take(audio(kAacConfig)).ok());
    BOOST_REQUIRE(pushed.media.take(audio(kAacFrame, 20)).ok());
    BOOST_REQUIRE(pushed.media.take(video(kAvcConfig, 30)).ok());
    BOOST_TEST(pushed.written().empty());
    BOOST_REQUIRE(pushed.media.take(video(kAvcFrame, 30)).ok());
    const auto flv = pushed.written();
    BOOST_TEST(flv.starts_with("FLV"));
    BOOST_TEST(flv.size() == 13 + 4 * 15 + kAacConfig.size() + kAacFrame.size() + kAvcConfig.size() + kAvcFrame.size());
    BOOST_TEST(std::string(pushedFormat(static_cast<std::uint8_t>(flv.front()))) == "flv");
    BOOST_TEST(flv[13] == 8);
    BOOST_TEST(toString(pushed.media.take(video(kHevcFrame, 60)).error().code) == "unsupported");
}

BOOST_AUTO_TEST_CASE(sound_alone_comes_out_after_a_second) {
    Pushed pushed;
    for (std::uint32_t at = 0; at < 1000; at += 20) BOOST_REQUIRE(pushed.media.take(audio(kAacFrame, at)).ok());
    BOOST_TEST(pushed.written().empty());
    BOOST_REQUIRE(pushed.media.take(audio(kAacFrame, 1000)).ok());
    BOOST_TEST(pushed.written().size() == 13 + 51 * (15 + kAacFrame.size()));
}

BOOST_AUTO_TEST_CASE(what_flv_does_not_know_comes_out_as_matroska) {
    Pushed pushed;
    BOOST_REQUIRE(pushed.media.take(audio(kAacConfig)).ok());
    BOOST_REQUIRE(pushed.media.take(video(kHevcConfig)).ok());
    BOOST_REQUIRE(pushed.media.take(video(kHevcFrame, 1000)).ok());
    const auto begin = pushed.written();
    BOOST_TEST(std::string(pushedFormat(static_cast<std::uint8_t>(begin.front()))) == "matroska");
    BOOST_TEST(contains(begin, "V_MPEGH/ISO/HEVC"));
    BOOST_TEST(contains(begin, "A_AAC"));
    BOOST_TEST(begin.ends_with("\xc0\xff\xee"));
    // The cluster's time is 1040 ms: that of its decoding, and how much later it is shown.
    BOOST_TEST(contains(begin, std::string_view("\xe7\x01\0\0\0\0\0\0\x08\0\0\0\0\0\0\x04\x10", 17)));
    BOOST_REQUIRE(pushed.media.take(audio(kAacFrame, 1010)).ok());
    BOOST_TEST(contains(pushed.written(), std::string_view("\x82\0\0\x80\xaa\xbb", 6)));
    BOOST_REQUIRE(pushed.media.take(video(kHevcConfig, 1020)).ok());  // the same again
    BOOST_REQUIRE(pushed.media.take(video({0x92, 'h', 'v', 'c', '1'}, 1030)).ok());
    BOOST_TEST(pushed.written().empty());
    Bytes other = kHevcConfig;
    other.back() = 99;
    BOOST_TEST(toString(pushed.media.take(video(other, 1040)).error().code) == "unreachable");
}

BOOST_AUTO_TEST_CASE(sound_that_flv_does_not_know_goes_with_a_picture_that_it_knows) {
    Pushed pushed;
    const Bytes head{0x90, 'O', 'p', 'u', 's', 'O', 'p', 'u', 's', 'H', 'e', 'a', 'd', 1, 1};
    BOOST_REQUIRE(pushed.media.take(video(kAvcConfig)).ok());
    BOOST_REQUIRE(pushed.media.take(audio(head)).ok());
    BOOST_REQUIRE(pushed.media.take(video(kAvcFrame)).ok());
    const auto begin = pushed.written();
    BOOST_TEST(contains(begin, "V_MPEG4/ISO/AVC"));
    BOOST_TEST(contains(begin, "A_OPUS"));
}

BOOST_AUTO_TEST_CASE(a_frame_without_its_configuration_and_what_is_not_known_are_refused) {
    for (const auto& body : {kHevcFrame, Bytes{0x91, 'v', 'v', 'c', '1', 0, 0, 0, 1}, Bytes{0x96, 0, 0, 0, 0, 0}}) {
        Pushed pushed;
        BOOST_TEST(toString(pushed.media.take(video(body)).error().code) == "unsupported");
    }
    Pushed closed;
    closed.pipe->close();
    BOOST_TEST(toString(closed.media.take(video(kAvcFrame)).error().code) == "unreachable");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
