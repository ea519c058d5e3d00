#include "pipelines/codecs/opus_receiver.h"

#include <boost/test/unit_test.hpp>
#include <opus/opus.h>

#include "tests/support/signal.h"

namespace tessera {

namespace {

constexpr int kFrame = 960;

/// A sender of Opus: a tone or nothing, 20 ms a packet.
class Sender {
public:
    explicit Sender(int application = OPUS_APPLICATION_AUDIO, bool dtx = false) {
        int error = 0;
        encoder_ = opus_encoder_create(kSampleRate, 1, application, &error);
        BOOST_REQUIRE(error == OPUS_OK);
        opus_encoder_ctl(encoder_, OPUS_SET_BITRATE(32000));
        opus_encoder_ctl(encoder_, OPUS_SET_INBAND_FEC(1));
        opus_encoder_ctl(encoder_, OPUS_SET_PACKET_LOSS_PERC(20));
        opus_encoder_ctl(encoder_, OPUS_SET_DTX(dtx ? 1 : 0));
    }
    ~Sender() { opus_encoder_destroy(encoder_); }

    std::vector<std::uint8_t> packet(double amplitude) {
        std::vector<float> samples(kFrame);
        for (auto& sample : samples) sample = static_cast<float>(amplitude) * tone_.next();
        std::vector<std::uint8_t> bytes(1275);
        const int size = opus_encode_float(encoder_, samples.data(), kFrame, bytes.data(), 1275);
        BOOST_REQUIRE(size > 0);
        bytes.resize(static_cast<std::size_t>(size));
        return bytes;
    }

private:
    OpusEncoder* encoder_ = nullptr;
    ToneGenerator tone_{440, 1};
};

struct Fixture {
    void push(const std::vector<std::uint8_t>& payload, std::uint32_t lostBefore = 0) {
        receiver.push({payload, MediaTime(samplesToDuration(kFrame * next++)), lostBefore});
    }
    std::vector<float> read(int blocks) {
        std::vector<float> left;
        AudioBlock block;
        for (int i = 0; i < blocks; ++i, ++nextBlock) {
            feed.audio.read(MediaTime(kAudioTickRate.tickTime(nextBlock)), block);
            left.insert(left.end(), block.samples[0].begin(), block.samples[0].end());
        }
        return left;
    }

    SourceFeed feed;
    OpusReceiver receiver{feed};
    std::int64_t next = 0, nextBlock = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(opus_receiver, Fixture)

BOOST_AUTO_TEST_CASE(wanted_sound_is_decoded_where_its_pts_says) {
    Sender sender;
    for (int i = 0; i < 40; ++i) push(sender.packet(0.1));
    const auto heard = read(80);
    BOOST_TEST(goertzelAmplitude(std::span(heard).subspan(4800, 24000), 440) == 0.1,
               boost::test_tools::tolerance(0.05));
    BOOST_TEST(receiver.decoded() == 40U);
    BOOST_TEST(feed.gate.levelDbov() == -23, boost::test_tools::tolerance(0.05F));
}

BOOST_AUTO_TEST_CASE(what_is_kept_is_decoded_when_it_is_wanted_after_all) {
    Sender sender;
    feed.gate.want(false);
    for (int i = 0; i < 30; ++i) {
        receiver.report(-127);
        push(sender.packet(0.1));
    }
    BOOST_TEST(receiver.decoded() == 0U);
    feed.gate.want(true);
    push(sender.packet(0.1));
    BOOST_TEST(receiver.decoded() == OpusReceiver::kKept);
    for (int i = 0; i < 20; ++i) push(sender.packet(0.1));
    // Packets 25 and 26 let the decoder settle; 27, which begins at block 54, is heard.
    nextBlock = 56;
    const auto heard = read(30);
    BOOST_TEST(goertzelAmplitude(std::span(heard).subspan(480, 9600), 440) == 0.1, boost::test_tools::tolerance(0.05));
}

BOOST_AUTO_TEST_CASE(a_lost_packet_is_made_up_for) {
    Sender sender(OPUS_APPLICATION_VOIP);
    for (int i = 0; i < 40; ++i) {
        const auto packet = sender.packet(0.1);
        if (i == 20) {
            ++next;
            continue;
        }
        push(packet, i == 21 ? 1 : 0);
    }
    const auto heard = read(80);
    BOOST_TEST(feed.audio.concealedBlocks() == 0U);
    BOOST_TEST(goertzelAmplitude(std::span(heard).subspan(20 * kFrame, kFrame), 440) > 0.05);
}

BOOST_AUTO_TEST_CASE(undecoded_speech_is_measured_now_and_then) {
    feed.gate.want(false);
    Sender loud;
    for (int i = 0; i < 20; ++i) push(loud.packet(0.3));
    BOOST_TEST(feed.gate.levelDbov() > -25);
    BOOST_TEST(receiver.decoded() == 0U);
    Sender quiet;
    for (int i = 0; i < 20; ++i) push(quiet.packet(0.0003));
    BOOST_TEST(feed.gate.levelDbov() < -60);
}

BOOST_AUTO_TEST_CASE(discontinuous_transmission_is_silence) {
    feed.gate.want(false);
    Sender sender(OPUS_APPLICATION_VOIP, true);
    for (int i = 0; i < 60; ++i) push(sender.packet(0));
    BOOST_TEST(feed.gate.levelDbov() <= -65);
    push({0x78});
    BOOST_TEST(feed.gate.levelDbov() == kSilenceDbov);
}

BOOST_AUTO_TEST_CASE(what_is_not_opus_does_no_harm) {
    for (const bool wanted : {true, false}) {
        feed.gate.want(wanted);
        for (unsigned first = 0; first < 256; ++first) {
            for (const std::size_t size : {1U, 2U, 3U, 7U, 200U}) {
                std::vector<std::uint8_t> bytes(size, static_cast<std::uint8_t>(first * 31));
                bytes[0] = static_cast<std::uint8_t>(first);
                push(bytes, first % 12);
            }
        }
        push({});
    }
    BOOST_TEST(feed.decodeErrors.value() > 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
