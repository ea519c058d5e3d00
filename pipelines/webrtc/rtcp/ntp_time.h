#pragma once

#include <compare>
#include <cstdint>

#include "mcu/base/time.h"

namespace tessera {

/// A 64-bit NTP timestamp: 32.32 fixed point seconds. Frame of reference: the sender's, whatever it is.
/// @source RFC 3550 section 4
struct NtpTime {
    std::uint64_t value = 0;  ///< 0 = not known

    /// Ours: the meeting's time as if its epoch had been 1970. RFC 3550 section 6.4.1 lets a sender count from its own
    /// origin; the same origin for audio and video is all that a receiver's lip sync needs.
    static NtpTime fromMedia(MediaTime time);
    /// Since the sender's origin.
    Duration toDuration() const;
    /// The middle 32 bits: 16.16 seconds, as in LSR and DLSR.
    std::uint32_t compact() const { return static_cast<std::uint32_t>(value >> 16U); }

    auto operator<=>(const NtpTime&) const = default;
};

/// 16.16 seconds, as in DLSR; saturates at 18 hours, negative becomes 0.
std::uint32_t toCompactNtp(Duration duration);
Duration fromCompactNtp(std::uint32_t compact);

}  // namespace tessera
