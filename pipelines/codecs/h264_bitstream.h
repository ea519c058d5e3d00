#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mcu/base/result.h"

namespace tessera {

/// nal_unit_type. @source ITU-T H.264 table 7-1
enum class NalType : std::uint8_t { Slice = 1, Idr = 5, Sei = 6, Sps = 7, Pps = 8, AccessUnitDelimiter = 9 };

/// One NAL unit without its start code, a part of the buffer it was found in.
struct NalUnit {
    std::span<const std::uint8_t> bytes;  ///< never empty
    NalType type() const { return static_cast<NalType>(bytes[0] & 0x1fU); }
};

/// Splits a byte stream at its start codes; bytes before the first are skipped, empty units left out.
/// @source ITU-T H.264 annex B
std::vector<NalUnit> splitAnnexB(std::span<const std::uint8_t> stream);

/// Builds an AVCDecoderConfigurationRecord with four-byte lengths from the first SPS and PPS of an access unit.
/// @source ISO/IEC 14496-15 section 5.3.3.1
/// @error  invalid_argument: there is no SPS or no PPS, or one is longer than 65535 bytes
Result<std::vector<std::uint8_t>> avcConfiguration(std::span<const std::uint8_t> accessUnit);

/// Rewrites an access unit with four-byte lengths in place of start codes, without delimiters and parameter sets, which
/// are in the configuration record.
/// @source ISO/IEC 14496-15 section 5.3.2
std::vector<std::uint8_t> toLengthPrefixed(std::span<const std::uint8_t> accessUnit);

}  // namespace tessera
