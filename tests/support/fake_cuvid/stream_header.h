#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

namespace tessera::fake {

/// What the stand-in parser reads out of one access unit.
struct StreamHeader {
    int width = 0, height = 0;  ///< shown
    int codedWidth = 0, codedHeight = 0;
    int surfaces = 2;  ///< that decoding needs
    int bitDepth = 8;
    int chroma = 1;           ///< a cudaVideoChromaFormat
    bool isSequence = false;  ///< begins with what a decoder is made from
    bool isHeld = false;      ///< shown after the picture that follows it
};

inline constexpr std::uint8_t kSyntheticMagic[4] = {'T', 'S', 'U', '0'};

/// An access unit that only the stand-in understands, for any codec.
inline std::vector<std::uint8_t> syntheticUnit(const StreamHeader& header) {
    std::vector<std::uint8_t> unit(sizeof kSyntheticMagic + sizeof header);
    std::memcpy(unit.data(), kSyntheticMagic, sizeof kSyntheticMagic);
    std::memcpy(unit.data() + sizeof kSyntheticMagic, &header, sizeof header);
    return unit;
}

/// Reads a synthetic unit, an H.264 access unit in Annex B (7.3.2.1.1 of ITU-T H.264) or a VP8 frame (section 9.1 of
/// RFC 6386).
/// @param codec  a cudaVideoCodec
/// @return nothing when there is no picture in it
std::optional<StreamHeader> readHeader(int codec, std::span<const std::uint8_t> unit);

}  // namespace tessera::fake
