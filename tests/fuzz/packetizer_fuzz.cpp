#include <cstddef>
#include <cstdint>

#include "mcu/base/check.h"

#include "pipelines/webrtc/rtp/packetizer.h"

using namespace tessera;

/// Whatever an encoder gives, no payload is empty or over the limit.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    Packet packet;
    packet.bytes.assign(bytes, bytes + size);
    for (const auto& frame : {packetizeH264(packet), packetizeVp8(packet), packetizeOpus(packet)}) {
        for (std::size_t i = 0; i < frame->count(); ++i) {
            TESSERA_CHECK(!frame->payload(i).empty() && frame->payload(i).size() <= kMaxRtpPayload);
        }
    }
    return 0;
}
