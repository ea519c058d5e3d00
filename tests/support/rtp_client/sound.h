#pragma once

#include <cstdint>
#include <vector>

namespace rtp_client {

inline constexpr int kRate = 48000;
inline constexpr int kPacketSamples = 960;  // 20 ms

/// One encoded packet and how loud its sound is.
struct Encoded {
    std::vector<std::uint8_t> payload;
    int levelDbov = 127;  ///< as RFC 6464 writes it: 0 loudest, 127 silence
    bool isMarker = false;
};

/// What a participant says, encoded once and repeated.
struct Voice {
    double toneHz = 0;  ///< 0 = quiet noise of a room
    double amplitude = 0.1;
    bool hasMarkers = false;  ///< 100 ms of kMarkerHz at the beginning of every half second
};

inline constexpr double kMarkerHz = 2500;
/// The lookahead of the encoders, which comes before the first sample of a packet.
inline constexpr double kLookaheadMs = 6.5;

/// @param seconds     of the loop; a multiple of one half
std::vector<Encoded> encode(const Voice& voice, int seconds, int complexity);

/// Amplitude of one frequency. @param stride  floats from one sample to the next
double amplitudeOf(const float* samples, int count, int stride, double hertz);

}  // namespace rtp_client
