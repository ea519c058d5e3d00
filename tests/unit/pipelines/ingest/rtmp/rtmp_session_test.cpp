#include "pipelines/ingest/rtmp/rtmp_session.h"

#include <boost/test/unit_test.hpp>

#include "pipelines/ingest/rtmp/push_places.h"

namespace tessera {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// The sender's side: what it says, and what it was answered.
class Sender {
public:
    explicit Sender(PushPlaces& places)
        : session_([&places](std::string_view application, std::string_view key) {
              return places.enter(application, key);
          }) {}

    Status shakeHands() {
        Bytes hello(1 + 1536, 7);
        hello.front() = 3;
        TESSERA_TRY(session_.receive(hello));
        const auto answer = session_.takeOutput();
        BOOST_TEST(answer.size() == 1 + 2 * 1536U);
        BOOST_TEST(answer.back() == 7);
        return session_.receive(Bytes(1536, 0));
    }
    Status send(std::uint8_t type, Bytes body, std::uint32_t timestamp = 0) {
        Bytes wire;
        writeMessage(wire, {type, 1, timestamp, std::move(body)}, 4, 128);
        // Byte by byte: chunks come in any pieces.
        for (const auto byte : wire) TESSERA_TRY(session_.receive({&byte, 1}));
        return kOk;
    }
    Status command(const AmfWriter& writer) { return send(RtmpMessage::kCommand, writer.bytes()); }
    Status begin(std::string_view application, std::string_view key) {
        TESSERA_TRY(shakeHands());
        TESSERA_TRY(command(AmfWriter().text("connect").number(1).object({{"app", application}})));
        TESSERA_TRY(command(AmfWriter().text("createStream").number(2).null()));
        return command(AmfWriter().text("publish").number(3).null().text(key).text("live"));
    }
    std::string answer() {
        const auto bytes = session_.takeOutput();
        return {bytes.begin(), bytes.end()};
    }
    RtmpSession& session() { return session_; }

private:
    RtmpSession session_;
};

Bytes readAll(BytePipe& pipe) {
    const SteadyClock clock;
    Interrupt interrupt(clock);
    Bytes bytes(1 << 16);
    bytes.resize(pipe.read(bytes, interrupt));
    return bytes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rtmp_session)

BOOST_AUTO_TEST_CASE(what_is_published_comes_out_as_flv) {
    PushPlaces places;
    const auto place = places.open("room", "a-key-of-the-room");
    BOOST_REQUIRE(place.ok());
    Sender sender(places);
    BOOST_REQUIRE(sender.begin("room", "a-key-of-the-room?auth=1").ok());
    const auto answer = sender.answer();
    BOOST_TEST(answer.find("NetConnection.Connect.Success") != std::string::npos);
    BOOST_TEST(answer.find("NetStream.Publish.Start") != std::string::npos);
    Bytes body(300, 0x17);
    BOOST_REQUIRE(sender.send(RtmpMessage::kVideo, body, 0x01020304).ok());
    const auto flv = readAll(*sender.session().pipe());
    BOOST_REQUIRE(flv.size() == 13 + 11 + 300 + 4U);
    BOOST_TEST((Bytes(flv.begin(), flv.begin() + 5) == Bytes{'F', 'L', 'V', 1, 5}));
    const Bytes tag{9, 0, 1, 44, 2, 3, 4, 1, 0, 0, 0, 0x17};
    BOOST_TEST(Bytes(flv.begin() + 13, flv.begin() + 25) == tag, boost::test_tools::per_element());
    BOOST_TEST(readBigEndian(std::span(flv).last(4)) == 311);
    const auto ended = sender.command(AmfWriter().text("deleteStream").number(4).null().number(1));
    BOOST_TEST(ended.error().message.empty());
}

BOOST_AUTO_TEST_CASE(a_wrong_name_a_second_sender_and_media_of_no_known_codec_are_refused) {
    PushPlaces places;
    const auto place = places.open("room", "a-key-of-the-room");
    for (const auto& [application, key] :
         {std::pair("room", "another-key-of-it"), std::pair("hall", "a-key-of-the-room")}) {
        Sender stranger(places);
        const auto refused = stranger.begin(application, key);
        BOOST_REQUIRE(!refused.ok());
        BOOST_TEST(stranger.answer().find("NetStream.Publish.BadName") != std::string::npos);
    }
    Sender first(places), second(places);
    BOOST_REQUIRE(first.begin("room/a-key-of-the-room", "").ok());
    BOOST_TEST(toString(second.begin("room", "a-key-of-the-room").error().code) == "conflict");
    BOOST_TEST(first.send(RtmpMessage::kVideo, {0x90, 'v', 'v', 'c', '1'}).ok());
    const auto refused = first.send(RtmpMessage::kVideo, {0x91, 'v', 'v', 'c', '1', 0, 0, 0, 1});
    BOOST_TEST(first.answer().find("NetStream.Publish.Rejected") != std::string::npos);
    BOOST_TEST(toString(refused.error().code) == "unsupported");
    BOOST_TEST(first.session().pipe()->reason().message == refused.error().message);
    Sender third(places);
    BOOST_TEST(third.begin("room", "a-key-of-the-room").ok());
}

BOOST_AUTO_TEST_CASE(a_place_is_gone_with_who_holds_it) {
    PushPlaces places;
    auto place = places.open("room", "a-key-of-the-room").value();
    BOOST_TEST(!places.open("room", "a-key-of-the-room").ok());
    const auto pipe = places.enter("room", "a-key-of-the-room").value();
    place.reset();
    BOOST_TEST(pipe->isClosed());
    BOOST_TEST(!places.enter("room", "a-key-of-the-room").ok());
    BOOST_TEST(places.open("room", "a-key-of-the-room").ok());
}

BOOST_AUTO_TEST_CASE(media_before_it_is_let_in_and_other_protocols_end_the_connection) {
    PushPlaces places;
    Sender early(places);
    BOOST_REQUIRE(early.shakeHands().ok());
    BOOST_TEST(!early.send(RtmpMessage::kAudio, {0xaf, 0}).ok());
    Sender other(places);
    BOOST_TEST(!other.session().receive(Bytes{'G', 'E', 'T'}).ok());
}

BOOST_AUTO_TEST_CASE(chunks_that_hold_too_much_are_refused_before_they_are_read) {
    const Bytes large{3, 0, 0, 0, 0xff, 0xff, 0xff, 20, 0, 0, 0, 0};
    ChunkReader reader(16 << 10);
    reader.push(large);
    BOOST_TEST(!reader.next().ok());
    ChunkReader orphan(16 << 10);
    orphan.push(Bytes{0xc3});
    BOOST_TEST(!orphan.next().ok());
    ChunkReader many(1 << 20);
    bool isRefused = false;
    for (int id = 64; id < 200 && !isRefused; ++id) {
        many.push(Bytes{0, static_cast<std::uint8_t>(id - 64), 0, 0, 0, 0, 1, 0, 8, 0, 0, 0, 0, 1});
        isRefused = !many.next().ok();
    }
    BOOST_TEST(isRefused);
}

BOOST_AUTO_TEST_CASE(interleaved_chunks_deltas_and_a_new_chunk_size_are_understood) {
    ChunkReader reader(1 << 20);
    Bytes wire;
    Bytes first, second;
    writeMessage(first, {RtmpMessage::kVideo, 1, 1000, Bytes(200, 1)}, 6, 128);
    writeMessage(second, {RtmpMessage::kAudio, 1, 1010, Bytes(10, 2)}, 4, 128);
    wire.insert(wire.end(), first.begin(), first.begin() + 12 + 128);
    wire.insert(wire.end(), second.begin(), second.end());
    wire.insert(wire.end(), first.begin() + 12 + 128, first.end());
    writeMessage(wire, {RtmpMessage::kSetChunkSize, 0, 0, {0, 0, 16, 0}}, 2, 128);
    const Bytes delta{0x44, 0, 0, 23, 0, 0, 2, 8, 0xaf, 1, 0xc4, 0xaf, 1};  // 23 ms later, and 23 ms after that
    wire.insert(wire.end(), delta.begin(), delta.end());
    writeMessage(wire, {RtmpMessage::kVideo, 1, 0x0100'0000, Bytes(3000, 3)}, 6, 4096);
    reader.push(wire);
    std::vector<RtmpMessage> messages;
    while (auto next = reader.next().value()) messages.push_back(std::move(*next));
    BOOST_REQUIRE(messages.size() == 5);
    const std::uint32_t times[] = {1010, 1000, 1033, 1056, 0x0100'0000};
    const std::size_t sizes[] = {10, 200, 2, 2, 3000};
    for (std::size_t i = 0; i < 5; ++i) {
        BOOST_TEST(messages[i].timestamp == times[i]);
        BOOST_TEST(messages[i].body.size() == sizes[i]);
    }
}

BOOST_AUTO_TEST_CASE(amf_is_read_within_its_limits) {
    const auto command = parseAmf(AmfWriter().text("connect").number(1.5).null().object({{"app", "room"}}).bytes());
    BOOST_REQUIRE(command.ok());
    BOOST_TEST((*command)[0].text == "connect");
    BOOST_TEST((*command)[1].number == 1.5);
    BOOST_TEST((*command)[3].textOf("app") == "room");
    Bytes deep;
    for (int i = 0; i < 8; ++i) deep.insert(deep.end(), {3, 0, 1, 'a'});
    BOOST_TEST(!parseAmf(deep).ok());
    BOOST_TEST(!parseAmf(Bytes(300, 5)).ok());
    BOOST_TEST(!parseAmf(Bytes{2, 0xff, 0xff, 'a'}).ok());
    BOOST_TEST(!parseAmf(Bytes{10, 0xff, 0xff, 0xff, 0xff}).ok());
    BOOST_TEST(!parseAmf(Bytes{11, 0}).ok());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
