#include <cstddef>
#include <cstdint>

#include "mcu/base/check.h"

#include "pipelines/webrtc/rtcp/rtcp_packet.h"

using namespace tessera;

/// What was read, written and read again must be read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const auto packets = parseRtcp({bytes, size});
    if (!packets.ok()) return 0;
    for (const RtcpPacket& packet : *packets) {
        std::vector<std::uint8_t> out;
        std::visit([&](const auto& known) { appendRtcp(known, out); }, packet);
        TESSERA_CHECK(parseRtcp(out).ok());
    }
    return 0;
}
