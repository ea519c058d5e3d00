#pragma once

#include "pipelines/webrtc/srtp/srtp_cipher.h"

namespace tessera {

/// AES-128-GCM. The tag stands behind the payload, SRTCP's trailer behind the tag.
/// @source RFC 7714 sections 8 and 9
Result<std::unique_ptr<SrtpCipher>> createGcmCipher(SrtpCipher::Kind kind, std::span<const std::uint8_t> master,
                                                    bool encrypts);

}  // namespace tessera
