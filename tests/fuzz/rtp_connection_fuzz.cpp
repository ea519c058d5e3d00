#include <cstddef>
#include <cstdint>

#include "mcu/base/time.h"

#include "pipelines/rtp/rtp_connection.h"

using namespace tessera;

namespace {

struct Nobody final : PeerListener {
    void onAnswer(const PeerId&, Result<std::string>) override {}
    void onConnected(const PeerId&) override {}
    void onSilence(const PeerId&, bool) override {}
    void onKeyframeRequest(const PeerId&) override {}
    void onClosed(const PeerId&, const Error&) override {}
};

}  // namespace

/// Datagrams of a participant over plain RTP, each behind two bytes of length: RTP, RTCP and the Opus inside.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static const auto socket = UdpSocket::open(*IpAddress::parse("127.0.0.1"), 0).value();
    ManualClock clock;
    const Timeline timeline(clock, clock.now());
    Nobody nobody;
    RtpConnection connection({.id = {},
                              .rtp = {.address = "127.0.0.1", .port = 9, .levelExtension = 1},
                              .address = *IpAddress::parse("127.0.0.1"),
                              .feed = std::make_shared<SourceFeed>(),
                              .timeline = &timeline},
                             nobody, *socket);
    connection.open();
    while (size > 2) {
        const auto length = std::min<std::size_t>(size - 2, static_cast<std::size_t>(bytes[0] & 7U) << 8U | bytes[1]);
        connection.terms().feed->gate.want((bytes[0] & 8U) != 0);
        clock.advance(std::chrono::milliseconds(bytes[0] >> 4U));
        connection.onDatagram({bytes + 2, length});
        connection.release();
        bytes += 2 + length;
        size -= 2 + length;
    }
    return 0;
}
