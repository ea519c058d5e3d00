#include "pipelines/webrtc/rtcp/ntp_time.h"

#include <algorithm>

namespace tessera {

namespace {

/// Seconds from 1900 to 1970. @source RFC 5905 figure 4
constexpr std::uint64_t kUnixEpoch = 2'208'988'800;

}  // namespace

NtpTime NtpTime::fromMedia(MediaTime time) {
    const std::int64_t ns = time.time_since_epoch().count();
    std::int64_t seconds = ns / kNanosecondsPerSecond, rest = ns % kNanosecondsPerSecond;
    if (rest < 0) {
        rest += kNanosecondsPerSecond;
        --seconds;
    }
    const auto fraction = (static_cast<std::uint64_t>(rest) << 32U) / kNanosecondsPerSecond;
    return {(kUnixEpoch + static_cast<std::uint64_t>(seconds)) << 32U | fraction};
}

Duration NtpTime::toDuration() const {
    const std::uint64_t fraction = value & 0xFFFF'FFFFU;
    const auto ns = (fraction * static_cast<std::uint64_t>(kNanosecondsPerSecond)) >> 32U;
    return std::chrono::seconds(value >> 32U) + Duration(static_cast<std::int64_t>(ns));
}

std::uint32_t toCompactNtp(Duration duration) {
    constexpr Duration kMost = std::chrono::seconds(65535);
    const std::int64_t ns = std::clamp<Duration>(duration, Duration(0), kMost).count();
    const std::int64_t seconds = ns / kNanosecondsPerSecond, rest = ns % kNanosecondsPerSecond;
    return static_cast<std::uint32_t>(seconds << 16U | ((rest << 16U) / kNanosecondsPerSecond));
}

Duration fromCompactNtp(std::uint32_t compact) {
    return Duration((static_cast<std::int64_t>(compact) * kNanosecondsPerSecond) >> 16U);
}

}  // namespace tessera
