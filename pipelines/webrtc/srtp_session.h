#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

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

/// What a DTLS handshake exports: key then salt of each direction.
struct SrtpKeys {
    SrtpProfile profile = SrtpProfile::Aes128CmSha1_80;
    std::vector<std::uint8_t> local, remote;  ///< what we send with, what the peer sends with
};

/// Protects and unprotects one peer's RTP and RTCP. Not thread-safe.
/// @source RFC 3711
class SrtpSession {
public:
    /// The most that protection adds to a packet.
    static constexpr std::size_t kMaxOverhead = 32;

    /// @error internal: libsrtp refuses the keys
    static Result<std::unique_ptr<SrtpSession>> create(const SrtpKeys& keys);
    ~SrtpSession();
    SrtpSession(const SrtpSession&) = delete;
    SrtpSession& operator=(const SrtpSession&) = delete;

    /// Protects in place.
    /// @param packet  a whole RTP packet; grows by the tag. The same packet may be protected again (a retransmission).
    bool protectRtp(std::vector<std::uint8_t>& packet);
    bool protectRtcp(std::vector<std::uint8_t>& packet);

    /// Unprotects in place.
    /// @return the plain packet, a part of `packet`; empty when it is forged, replayed or malformed
    std::span<const std::uint8_t> unprotectRtp(std::span<std::uint8_t> packet);
    std::span<const std::uint8_t> unprotectRtcp(std::span<std::uint8_t> packet);

private:
    struct Contexts;
    explicit SrtpSession(std::unique_ptr<Contexts> contexts);

    std::unique_ptr<Contexts> contexts_;
};

}  // namespace tessera
