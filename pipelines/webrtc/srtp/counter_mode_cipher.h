#pragma once

#include "pipelines/webrtc/srtp/srtp_cipher.h"

namespace tessera {

/// AES-128 in counter mode with HMAC-SHA1 of 80 bits. SRTCP's trailer stands behind the payload, the tag at the end.
/// @source RFC 3711 sections 4.1.1 and 4.2
Result<std::unique_ptr<SrtpCipher>> createCounterModeCipher(SrtpCipher::Kind kind,
                                                            std::span<const std::uint8_t> master);

}  // namespace tessera
