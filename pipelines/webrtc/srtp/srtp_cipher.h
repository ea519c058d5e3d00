#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "mcu/base/result.h"

namespace tessera {

/// The protection profiles that we negotiate. @source RFC 5764 section 4.1.2, RFC 7714 section 14.2
enum class SrtpProfile { Aes128CmSha1_80, AeadAes128Gcm };

/// Lengths in bytes of one side's master key and salt.
constexpr std::size_t srtpKeyLength(SrtpProfile) {
    return 16;
}
constexpr std::size_t srtpSaltLength(SrtpProfile profile) {
    return profile == SrtpProfile::AeadAes128Gcm ? 12 : 14;
}

/// The trailer of every SRTCP packet: whether it is encrypted, and its index. @source RFC 3711 section 3.4
inline constexpr std::size_t kSrtcpTrailer = 4;

/// One packet that is being protected or laid open, in the place where it lies on the wire.
struct SrtpPacket {
    std::span<std::uint8_t> bytes;  ///< everything, with the tag and for SRTCP the trailer
    std::size_t clear = 0;          ///< bytes at the beginning that are authenticated and not encrypted
    std::uint32_t ssrc = 0;
    std::uint64_t index = 0;  ///< RTP: rollover counter and sequence number; RTCP: 31 bits
};

/// One direction's cipher and authentication, for RTP or for RTCP. Not thread-safe.
class SrtpCipher {
public:
    enum class Kind { Rtp, Rtcp };

    /// @param master    key and salt as DTLS exports them
    /// @param encrypts  whether it seals, else it opens
    /// @error internal: the key has the wrong length, or OpenSSL refuses it
    static Result<std::unique_ptr<SrtpCipher>> create(SrtpProfile profile, Kind kind,
                                                      std::span<const std::uint8_t> master, bool encrypts);
    virtual ~SrtpCipher() = default;

    /// What protection adds behind the payload: the tag and for RTCP the trailer, bytes.
    virtual std::size_t overhead() const = 0;
    /// Where SRTCP's trailer begins, bytes before the packet's end.
    virtual std::size_t trailerFromEnd() const = 0;
    /// Encrypts in place and writes the tag. The trailer is written before. @return false when OpenSSL fails
    virtual bool seal(const SrtpPacket& packet) = 0;
    /// Checks and decrypts in place. @return false when it is forged; what was encrypted is then garbage
    virtual bool open(const SrtpPacket& packet) = 0;
};

}  // namespace tessera
