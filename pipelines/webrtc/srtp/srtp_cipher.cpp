#include "pipelines/webrtc/srtp/srtp_cipher.h"

#include "pipelines/webrtc/srtp/counter_mode_cipher.h"
#include "pipelines/webrtc/srtp/gcm_cipher.h"

namespace tessera {

Result<std::unique_ptr<SrtpCipher>> SrtpCipher::create(SrtpProfile profile, Kind kind,
                                                       std::span<const std::uint8_t> master, bool encrypts) {
    if (master.size() != srtpKeyLength(profile) + srtpSaltLength(profile)) {
        return internalError("an SRTP key has the wrong length");
    }
    switch (profile) {
        case SrtpProfile::AeadAes128Gcm: return createGcmCipher(kind, master, encrypts);
        case SrtpProfile::Aes128CmSha1_80: return createCounterModeCipher(kind, master);
    }
    return internalError("an SRTP profile is unknown");
}

}  // namespace tessera
