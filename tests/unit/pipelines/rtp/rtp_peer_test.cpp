#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <netinet/in.h>
#include <opus/opus.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mcu/base/sync.h"

#include "pipelines/rtp/rtp_peer_factory.h"
#include "pipelines/webrtc/rtcp/rtcp_packet.h"
#include "pipelines/webrtc/rtp/rtp_packet.h"
#include "tests/support/signal.h"

namespace tessera {

namespace {

constexpr int kPatienceMs = 20000;

/// A device: one socket on loopback.
class Device {
public:
    Device() {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(address);
        BOOST_REQUIRE(bind(descriptor_, reinterpret_cast<sockaddr*>(&address), size) == 0);
        BOOST_REQUIRE(getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
        port_ = ntohs(address.sin_port);
        int error = 0;
        encoder_ = opus_encoder_create(kSampleRate, 1, OPUS_APPLICATION_AUDIO, &error);
    }
    ~Device() {
        opus_encoder_destroy(encoder_);
        close(descriptor_);
    }
    int port() const { return port_; }

    void send(int port, const std::vector<std::uint8_t>& bytes) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        BOOST_REQUIRE(sendto(descriptor_, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&address),
                             sizeof(address)) == static_cast<ssize_t>(bytes.size()));
    }
    /// 20 ms of a tone.
    void sendTone(int port, int payloadType = 111) {
        std::vector<float> samples(960);
        for (auto& sample : samples) sample = tone_.next();
        std::vector<std::uint8_t> payload(1275), packet;
        const int size = opus_encode_float(encoder_, samples.data(), 960, payload.data(), 1275);
        payload.resize(static_cast<std::size_t>(size));
        RtpHeader header;
        header.payloadType = static_cast<std::uint8_t>(payloadType);
        header.sequence = sequence_;
        header.timestamp = 960U * sequence_++;
        header.ssrc = kSsrc;
        const std::array<std::uint8_t, 1> level{20};
        const std::array<RtpExtension, 1> extensions{RtpExtension{1, level}};
        appendRtp(header, extensions, payload, packet);
        send(port, packet);
    }
    /// The next RTP packet, or nothing when none comes.
    std::vector<std::uint8_t> receive() {
        for (;;) {
            pollfd waiting{descriptor_, POLLIN, 0};
            if (poll(&waiting, 1, kPatienceMs) <= 0) return {};
            std::vector<std::uint8_t> bytes(2048);
            const auto size = recv(descriptor_, bytes.data(), bytes.size(), 0);
            bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
            if (classifyDatagram(bytes) == DatagramKind::Rtp) return bytes;
        }
    }
    static constexpr std::uint32_t kSsrc = 77;

private:
    int descriptor_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int port_ = 0;
    OpusEncoder* encoder_ = nullptr;
    ToneGenerator tone_{440, 0.2};
    std::uint16_t sequence_ = 0;
};

/// A clock that any thread may read while the test moves it.
class SharedClock final : public Clock {
public:
    MonotonicTime now() const override { return MonotonicTime(Duration(now_.load())); }
    void sleepUntil(MonotonicTime) const override {}
    void advance(Duration by) { now_ += by.count(); }

private:
    std::atomic<std::int64_t> now_{0};
};

struct Listener final : PeerListener {
    void onAnswer(const PeerId&, Result<std::string>) override { count(answers); }
    void onConnected(const PeerId&) override { count(connected); }
    void onSilence(const PeerId&, bool) override { count(silences); }
    void onKeyframeRequest(const PeerId&) override {}
    void onClosed(const PeerId&, const Error&) override { count(closed); }

    bool waitFor(const int& what, int value = 1) {
        Lock lock(mutex);
        return changed.waitFor(mutex, std::chrono::milliseconds(kPatienceMs), [&] { return what >= value; });
    }
    void count(int& what) {
        Lock lock(mutex);
        ++what;
        changed.notifyAll();
    }
    Mutex mutex;
    CondVar changed;
    int answers = 0, connected = 0, silences = 0, closed = 0;
};

struct Fixture {
    Fixture() : timeline(clock, clock.now()) {
        RtpSettings settings;
        settings.address = "127.0.0.1";
        settings.allow = {"127.0.0.0/8"};
        factory = createRtpPeerFactory(settings).value();
    }

    PeerSpec spec(int port, const std::string& address = "127.0.0.1") {
        PeerSpec result;
        result.id = PeerId::create();
        result.rtp = RtpTerms{.address = address, .port = port, .levelExtension = 1};
        result.feed = feed;
        result.timeline = &timeline;
        return result;
    }
    ErrorCode refused(const PeerSpec& wanted) {
        const auto made = factory->createPeer(wanted, listener);
        BOOST_REQUIRE(!made.ok());
        return made.error().code;
    }
    /// Sends until the feed has had `packets`.
    bool sendUntilReceived(Device& from, int port, std::uint64_t packets) {
        for (int i = 0; i < kPatienceMs / 5 && feed->packetsReceived.value() < packets; ++i) {
            from.sendTone(port);
            wait();
        }
        return feed->packetsReceived.value() >= packets;
    }
    /// Lets the loop run.
    void wait() {
        Lock lock(listener.mutex);
        listener.changed.waitFor(listener.mutex, std::chrono::milliseconds(5), [] { return false; });
    }

    SharedClock clock;
    Timeline timeline;
    SourceFeedPtr feed = std::make_shared<SourceFeed>();
    Listener listener;
    std::unique_ptr<PeerFactory> factory;
    Device device;
};

PacketPtr opusPacket(int index) {
    auto packet = std::make_shared<Packet>();
    packet->kind = MediaKind::Audio;
    packet->pts = MediaTime(std::chrono::milliseconds(20 * index));
    packet->duration = std::chrono::milliseconds(20);
    packet->bytes = {0xF8, static_cast<std::uint8_t>(index), 2, 3};
    return packet;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rtp_peer, Fixture)

BOOST_AUTO_TEST_CASE(packets_of_the_address_are_taken_and_no_others) {
    const auto peer = factory->createPeer(spec(device.port()), listener).value();
    const auto endpoint = peer->rtpEndpoint();
    BOOST_REQUIRE(endpoint.has_value());
    BOOST_TEST(endpoint->address == "127.0.0.1");
    BOOST_TEST(listener.waitFor(listener.connected));
    BOOST_TEST(peer->media().sendsAudio);
    BOOST_TEST(peer->media().receivesAudio);
    Device stranger;
    for (int i = 0; i < 20; ++i) stranger.sendTone(endpoint->port);
    device.sendTone(endpoint->port, 100);  // another payload type
    device.send(endpoint->port, {0x80, 111, 0});
    device.send(endpoint->port, {});
    BOOST_TEST(sendUntilReceived(device, endpoint->port, 3));
    BOOST_TEST(feed->packetsReceived.value() < 20U);
    BOOST_TEST((feed->state() == SourceState::Live));
    BOOST_TEST(feed->gate.levelDbov() == -20);
}

BOOST_AUTO_TEST_CASE(offered_packets_go_to_the_address) {
    const auto peer = factory->createPeer(spec(device.port()), listener).value();
    for (int i = 0; i < 3; ++i) peer->offer(opusPacket(i));
    for (int i = 0; i < 3; ++i) {
        const auto bytes = device.receive();
        const auto packet = RtpPacketView::parse(bytes);
        BOOST_REQUIRE(packet.has_value());
        BOOST_TEST(packet->header().ssrc == peer->rtpEndpoint()->ssrc);
        BOOST_TEST(packet->header().payloadType == 111);
        BOOST_REQUIRE(packet->payload().size() == 4U);
        BOOST_TEST(packet->payload()[1] == i);
    }
    BOOST_TEST(peer->stats().packetsSent == 3U);
}

BOOST_AUTO_TEST_CASE(an_unknown_port_is_learnt_from_the_first_packet) {
    const auto peer = factory->createPeer(spec(0), listener).value();
    const int port = peer->rtpEndpoint()->port;
    BOOST_TEST(listener.waitFor(listener.answers));
    peer->offer(opusPacket(0));
    device.send(port, {0x80, 111, 0});
    BOOST_TEST(sendUntilReceived(device, port, 1));
    BOOST_TEST(listener.waitFor(listener.connected));
    Device stranger;
    for (int i = 0; i < 5; ++i) stranger.sendTone(port);
    peer->offer(opusPacket(1));
    BOOST_TEST(!device.receive().empty());
}

BOOST_AUTO_TEST_CASE(addresses_that_must_not_be_sent_to_are_refused) {
    BOOST_TEST((refused(spec(5004, "8.8.8.8")) == ErrorCode::Forbidden));
    BOOST_TEST((refused(spec(5004, "0.0.0.0")) == ErrorCode::InvalidArgument));
    BOOST_TEST((refused(spec(5004, "host")) == ErrorCode::InvalidArgument));
    BOOST_TEST((refused(spec(53)) == ErrorCode::InvalidArgument));
    auto listens = spec(0);
    listens.maySend = false;
    listens.feed = nullptr;
    BOOST_TEST((refused(listens) == ErrorCode::InvalidArgument));
    const auto peer = factory->createPeer(spec(device.port()), listener).value();
    BOOST_TEST((refused(spec(device.port())) == ErrorCode::Conflict));
    const auto waiting = factory->createPeer(spec(0), listener).value();
    BOOST_TEST((refused(spec(0)) == ErrorCode::Conflict));
    RtpSettings wrong;
    wrong.allow = {"10.0.0.0/40"};
    BOOST_TEST((createRtpPeerFactory(wrong).error().field == "rtp.allow"));
}

BOOST_AUTO_TEST_CASE(an_address_is_free_again_when_its_participant_has_gone) {
    factory->createPeer(spec(device.port()), listener).value().reset();
    BOOST_TEST(factory->createPeer(spec(device.port()), listener).ok());
}

BOOST_AUTO_TEST_CASE(goodbye_ends_it) {
    const auto peer = factory->createPeer(spec(device.port()), listener).value();
    const int port = peer->rtpEndpoint()->port;
    BOOST_TEST(sendUntilReceived(device, port, 1));
    std::vector<std::uint8_t> bytes;
    appendRtcp(ReceiverReport{Device::kSsrc, {}}, bytes);
    appendRtcp(Bye{{Device::kSsrc}}, bytes);
    device.send(port, bytes);
    BOOST_TEST(listener.waitFor(listener.closed));
    BOOST_TEST((feed->state() == SourceState::Ended));
}

BOOST_AUTO_TEST_CASE(who_falls_silent_reconnects_or_is_gone) {
    const auto peer = factory->createPeer(spec(device.port()), listener).value();
    const int port = peer->rtpEndpoint()->port;
    BOOST_TEST(sendUntilReceived(device, port, 1));
    clock.advance(kPeerSilence + std::chrono::seconds(1));
    BOOST_TEST(listener.waitFor(listener.silences, 1));
    BOOST_TEST(sendUntilReceived(device, port, feed->packetsReceived.value() + 1));
    BOOST_TEST(listener.waitFor(listener.silences, 2));
    clock.advance(kPeerGone + std::chrono::seconds(1));
    BOOST_TEST(listener.waitFor(listener.closed));
}

BOOST_AUTO_TEST_CASE(who_only_listens_stays_until_nobody_is_there) {
    auto listens = spec(device.port());
    listens.maySend = false;
    listens.feed = nullptr;
    const auto peer = factory->createPeer(listens, listener).value();
    clock.advance(std::chrono::minutes(5));
    peer->offer(opusPacket(15000));
    BOOST_TEST(!device.receive().empty());
    BOOST_TEST(listener.closed == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
