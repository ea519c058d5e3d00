#pragma once

#include <cstdint>
#include <memory>
#include <openssl/evp.h>
#include <span>

namespace tessera {

struct CipherContextDeleter {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContextPtr = std::unique_ptr<EVP_CIPHER_CTX, CipherContextDeleter>;

/// What a session key is for; RTCP's numbers are those of RTP and three. @source RFC 3711 section 4.3.2
enum class SrtpKeyUse : std::uint8_t { Encryption = 0, Authentication = 1, Salt = 2 };
inline constexpr std::uint8_t kSrtcpKeyUse = 3;

/// Fills `out` with a session key: AES in counter mode, keyed with the master key, begun at its salt and the label. A
/// salt shorter than 14 bytes is extended by zeros.
/// @param master  key of 16 bytes, then the salt
/// @return        false when OpenSSL fails
/// @source RFC 3711 sections 4.3.1 and 4.3.3, RFC 7714 section 11
bool deriveSessionKey(std::span<const std::uint8_t> master, std::uint8_t label, std::span<std::uint8_t> out);

}  // namespace tessera
