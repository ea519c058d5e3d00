#include <cstddef>
#include <cstdint>
#include <vector>

#include "mcu/base/check.h"

#include "pipelines/webrtc/srtp/srtp_session.h"

using namespace tessera;

namespace {

std::unique_ptr<SrtpSession> sessionOf(SrtpProfile profile) {
    const auto length = srtpKeyLength(profile) + srtpSaltLength(profile);
    return *SrtpSession::create({profile, std::vector<std::uint8_t>(length, 1), std::vector<std::uint8_t>(length, 2)});
}

}  // namespace

/// Whatever arrives is refused, and whatever header it has, it is protected or refused.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static const auto gcm = sessionOf(SrtpProfile::AeadAes128Gcm), counter = sessionOf(SrtpProfile::Aes128CmSha1_80);
    for (const auto& session : {gcm.get(), counter.get()}) {
        std::vector<std::uint8_t> packet(bytes, bytes + size);
        TESSERA_CHECK(session->unprotectRtp(packet).empty());
        packet.assign(bytes, bytes + size);
        TESSERA_CHECK(session->unprotectRtcp(packet).empty());
        packet.assign(bytes, bytes + size);
        session->protectRtp(packet);
    }
    return 0;
}
