#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mcu/base/result.h"
#include "mcu/media/packet.h"
#include "mcu/media/video_frame.h"

namespace tessera::gpucheck {

/// A stream that ffmpeg made, cut into access units, and what its decoded pictures are.
struct StreamFile {
    std::string name;
    VideoCodec codec = VideoCodec::H264;
    std::vector<std::vector<std::uint8_t>> units;
    std::vector<std::uint32_t> checksums;  ///< of the pictures in display order; empty when the file has none beside it
};

/// Cuts an H.264 or HEVC byte stream at its access unit delimiters, which the encoder must have written.
/// @source ITU-T H.264 table 7-1 (type 9), ITU-T H.265 table 7-1 (type 35)
std::vector<std::vector<std::uint8_t>> cutAnnexB(VideoCodec codec, const std::vector<std::uint8_t>& bytes);

/// Cuts an IVF file into its frames; `codec` is set by its FourCC. Empty when it is none.
/// @source the container of libvpx: 32 bytes of header, 12 before each frame
std::vector<std::vector<std::uint8_t>> cutIvf(const std::vector<std::uint8_t>& bytes, VideoCodec& codec);

/// Reads NAME.h264, NAME.hevc or NAME.ivf, and NAME.framecrc beside it (ffmpeg -f framecrc -pix_fmt yuv420p).
/// @error not_found, invalid_argument
Result<StreamFile> readStreamFile(const std::string& path);

/// All streams of a folder by name.
std::vector<std::string> streamFilesOf(const std::string& folder);

/// As ffmpeg's framecrc of yuv420p: Adler-32 begun at 0 over the rows of Y, U and V.
/// @source RFC 1950 section 8.2, but for the first value
std::uint32_t checksum(const VideoFrame& hostFrame);

}  // namespace tessera::gpucheck
