#pragma once

#include <compare>
#include <string>

#include "mcu/base/result.h"
#include "mcu/media/geometry.h"
#include "mcu/media/packet.h"

#include "gpu/cuda_context.h"
#include "gpu/cuvid_library.h"

namespace tessera {

/// What a device's answer depends on.
struct NvdecFormat {
    VideoCodec codec = VideoCodec::H264;
    int chroma = cudaVideoChromaFormat_420;  ///< a cudaVideoChromaFormat
    int bitDepth = 8;
    auto operator<=>(const NvdecFormat&) const = default;
};

/// What a device decodes of one format.
struct NvdecRange {
    bool isSupported = false;  ///< and gives NV12
    Size minimum, maximum;     ///< coded size, pixels
    unsigned macroblocks = 0;  ///< at most so many of 16x16
    int engines = 0;
};

cudaVideoCodec toCuvid(VideoCodec codec);

/// Asks the device. @error device. Needs a CudaScope.
Result<NvdecRange> queryNvdec(CudaContext& context, const CuvidLibrary& library, const NvdecFormat& format);

/// Whether pictures of a coded size are within a device's range.
/// @error unsupported: says what is too small or too large
Status admits(const NvdecRange& range, const NvdecFormat& format, Size coded);

}  // namespace tessera
