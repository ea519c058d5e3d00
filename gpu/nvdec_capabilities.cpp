#include "gpu/nvdec_capabilities.h"

namespace tessera {
namespace {

std::string text(Size size) {
    return std::to_string(size.width) + "x" + std::to_string(size.height);
}

std::string text(const NvdecFormat& format) {
    return std::string(toString(format.codec)) + " of " + std::to_string(format.bitDepth) + " bits, chroma format " +
           std::to_string(format.chroma);
}

}  // namespace

cudaVideoCodec toCuvid(VideoCodec codec) {
    switch (codec) {
        case VideoCodec::H264: return cudaVideoCodec_H264;
        case VideoCodec::Vp8: return cudaVideoCodec_VP8;
        case VideoCodec::Hevc: return cudaVideoCodec_HEVC;
        case VideoCodec::Vp9: return cudaVideoCodec_VP9;
        case VideoCodec::Av1: return cudaVideoCodec_AV1;
    }
    return cudaVideoCodec_NumCodecs;
}

Result<NvdecRange> queryNvdec(CudaContext& context, const CuvidLibrary& library, const NvdecFormat& format) {
    CUVIDDECODECAPS caps{};
    caps.eCodecType = toCuvid(format.codec);
    caps.eChromaFormat = static_cast<cudaVideoChromaFormat>(format.chroma);
    caps.nBitDepthMinus8 = static_cast<unsigned>(format.bitDepth - 8);
    TESSERA_TRY(context.check(library.calls().cuvidGetDecoderCaps(&caps), "cuvidGetDecoderCaps"));
    NvdecRange range;
    const bool givesNv12 = (caps.nOutputFormatMask & (1U << cudaVideoSurfaceFormat_NV12)) != 0;
    range.isSupported = caps.bIsSupported != 0 && givesNv12;
    range.minimum = {caps.nMinWidth, caps.nMinHeight};
    range.maximum = {static_cast<int>(caps.nMaxWidth), static_cast<int>(caps.nMaxHeight)};
    range.macroblocks = caps.nMaxMBCount;
    range.engines = caps.nNumNVDECs;
    return range;
}

Status admits(const NvdecRange& range, const NvdecFormat& format, Size coded) {
    if (!range.isSupported) return unsupported("this GPU does not decode " + text(format));
    if (coded.width < range.minimum.width || coded.height < range.minimum.height) {
        return unsupported("this GPU decodes " + text(format) + " from " + text(range.minimum) + ", not " +
                           text(coded));
    }
    const auto macroblocks =
        static_cast<unsigned>((coded.width + 15) / 16) * static_cast<unsigned>((coded.height + 15) / 16);
    if (coded.width > range.maximum.width || coded.height > range.maximum.height || macroblocks > range.macroblocks) {
        return unsupported("this GPU decodes " + text(format) + " up to " + text(range.maximum) + ", not " +
                           text(coded));
    }
    return kOk;
}

}  // namespace tessera
