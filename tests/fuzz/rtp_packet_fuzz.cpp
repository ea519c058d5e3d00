#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "mcu/base/check.h"

#include "pipelines/webrtc/rtp/rtp_packet.h"
#include "pipelines/webrtc/rtp/rtp_receive_stream.h"

using namespace tessera;

/// The input is a row of datagrams, each with a length byte before it, given to one receiving stream a millisecond
/// apart.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    SenderClock clock;
    RtpReceiveStream stream({MediaKind::Video, 90000, true, MonotonicTime{}}, clock);
    ByteReader reader({bytes, size});
    MonotonicTime now{std::chrono::seconds(1)};
    while (reader.remaining() > 0) {
        const std::size_t length = reader.u8();
        const auto view = RtpPacketView::parse(reader.bytes(std::min(length, reader.remaining())));
        now += std::chrono::milliseconds(1 + length % 64);
        if (!view) continue;
        for (unsigned id = 0; id < 256; ++id) (void)view->extension(static_cast<std::uint8_t>(id));
        stream.onPacket(*view, now);
        for (const auto& packet : stream.take(now, std::chrono::milliseconds(20)).packets) {
            TESSERA_CHECK(RtpPacketView::parse(packet.rtp).has_value());
        }
        (void)stream.nextDeadline(std::chrono::milliseconds(20));
    }
    (void)stream.takeReport(now);
    return 0;
}
