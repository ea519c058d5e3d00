#include "gpu/nvdec_session.h"

#include <algorithm>

namespace tessera {
namespace {

/// @source NVDEC programming guide: ulNumDecodeSurfaces is 1 to 32
constexpr int kMostSurfaces = 32;
/// From this height on a picture without colour signalling counts as HD.
/// @source ITU-R BT.709-6, BT.601-7
constexpr int kFirstHdHeight = 720;

VideoCodec fromCuvid(cudaVideoCodec codec) {
    for (const auto known : {VideoCodec::H264, VideoCodec::Vp8, VideoCodec::Hevc, VideoCodec::Vp9, VideoCodec::Av1}) {
        if (toCuvid(known) == codec) return known;
    }
    return VideoCodec::H264;
}

Size displaySize(const CUVIDEOFORMAT& format) {
    return {format.display_area.right - format.display_area.left, format.display_area.bottom - format.display_area.top};
}

constexpr int evenUp(int length) {
    return (length + 1) / 2 * 2;
}

int surfacesFor(const CUVIDEOFORMAT& format, int margin) {
    return std::min(kMostSurfaces, std::max<int>(1, format.min_num_decode_surfaces) + margin);
}

/// @source ITU-T H.273 table 4: 1 is BT.709, 5 and 6 are BT.601
ColorMatrix matrixOf(const CUVIDEOFORMAT& format) {
    const int signalled = format.video_signal_description.matrix_coefficients;
    if (signalled == 1) return ColorMatrix::Bt709;
    if (signalled == 5 || signalled == 6) return ColorMatrix::Bt601;
    return displaySize(format).height < kFirstHdHeight ? ColorMatrix::Bt601 : ColorMatrix::Bt709;
}

/// Even, so that nothing is scaled and the chroma plane lies where it is looked
/// for: an odd picture is decoded with one more row or column, which the coded
/// size always has.
CUVIDDECODECREATEINFO createInfo(const CUVIDEOFORMAT& format, int margin) {
    CUVIDDECODECREATEINFO info{};
    const auto& area = format.display_area;
    info.ulWidth = format.coded_width;
    info.ulHeight = format.coded_height;
    info.ulMaxWidth = format.coded_width;
    info.ulMaxHeight = format.coded_height;
    info.ulNumDecodeSurfaces = static_cast<unsigned>(surfacesFor(format, margin));
    info.ulNumOutputSurfaces = 1;
    info.CodecType = format.codec;
    info.ChromaFormat = format.chroma_format;
    info.bitDepthMinus8 = format.bit_depth_luma_minus8;
    info.OutputFormat = cudaVideoSurfaceFormat_NV12;
    info.DeinterlaceMode =
        format.progressive_sequence != 0 ? cudaVideoDeinterlaceMode_Weave : cudaVideoDeinterlaceMode_Adaptive;
    info.ulCreationFlags = cudaVideoCreate_PreferCUVID;
    const Size shown = displaySize(format);
    info.ulTargetWidth = static_cast<unsigned>(evenUp(shown.width));
    info.ulTargetHeight = static_cast<unsigned>(evenUp(shown.height));
    info.display_area.left = static_cast<short>(area.left);
    info.display_area.top = static_cast<short>(area.top);
    info.display_area.right = static_cast<short>(area.left + evenUp(shown.width));
    info.display_area.bottom = static_cast<short>(area.top + evenUp(shown.height));
    return info;
}

/// Of the decoder's own surfaces; contexts and tables come on top, for which
/// there is the reserve.
std::size_t surfaceBytes(const CUVIDDECODECREATEINFO& info) {
    const std::size_t samples = static_cast<std::size_t>(info.ulWidth) * info.ulHeight * 3 / 2;
    return samples * (info.bitDepthMinus8 > 0 ? 2 : 1) * (info.ulNumDecodeSurfaces + info.ulNumOutputSurfaces);
}

CUDA_MEMCPY2D copyOnDevice(CUdeviceptr from, std::size_t fromPitch, CUdeviceptr to, std::size_t toPitch, Size bytes) {
    CUDA_MEMCPY2D copy{};
    copy.srcMemoryType = CU_MEMORYTYPE_DEVICE;
    copy.srcDevice = from;
    copy.srcPitch = fromPitch;
    copy.dstMemoryType = CU_MEMORYTYPE_DEVICE;
    copy.dstDevice = to;
    copy.dstPitch = toPitch;
    copy.WidthInBytes = static_cast<std::size_t>(bytes.width);
    copy.Height = static_cast<std::size_t>(bytes.height);
    return copy;
}

}  // namespace

NvdecFormat formatOf(const CUVIDEOFORMAT& format) {
    return {fromCuvid(format.codec), static_cast<int>(format.chroma_format), format.bit_depth_luma_minus8 + 8};
}

NvdecSession::NvdecSession(Nvdec& nvdec, const CUVIDEOFORMAT& format, CUstream stream)
    : nvdec_(nvdec),
      stream_(stream),
      format_(format),
      info_(createInfo(format, nvdec.limits().surfaceMargin)),
      pool_(nvdec.device(), displaySize(format), nvdec.limits().pictures),
      matrix_(matrixOf(format)),
      range_(format.video_signal_description.video_full_range_flag != 0 ? ColorRange::Full : ColorRange::Limited) {}

Result<std::unique_ptr<NvdecSession>> NvdecSession::create(Nvdec& nvdec, const CUVIDEOFORMAT& format, CUstream stream) {
    const Size shown = displaySize(format);
    if (shown.width < kMinimumFrame.width || shown.height < kMinimumFrame.height) {
        return unsupported("a picture this small is nothing to decode on a GPU");
    }
    const NvdecFormat kind = formatOf(format);
    auto range = nvdec.range(kind);
    if (!range) return range.error();
    TESSERA_TRY(admits(*range, kind, {static_cast<int>(format.coded_width), static_cast<int>(format.coded_height)}));
    std::unique_ptr<NvdecSession> session(new NvdecSession(nvdec, format, stream));
    TESSERA_TRY(session->open());
    return session;
}

Status NvdecSession::open() {
    if (!nvdec_.device()->hasRoom(surfaceBytes(info_))) {
        return Error{ErrorCode::Capacity, "too little GPU memory is free for a decoder", {}};
    }
    TESSERA_TRY(check(nvdec_.calls().cuvidCreateDecoder(&decoder_, &info_), "cuvidCreateDecoder"));
    nvdec_.counters().decodersMade.add();
    return kOk;
}

NvdecSession::~NvdecSession() {
    if (decoder_ == nullptr || nvdec_.device()->isLost()) return;
    nvdec_.calls().cuvidDestroyDecoder(decoder_);
}

bool NvdecSession::serves(const CUVIDEOFORMAT& format) const {
    const auto& a = format_.display_area;
    const auto& b = format.display_area;
    return formatOf(format) == formatOf(format_) && format.coded_width == format_.coded_width &&
           format.coded_height == format_.coded_height && a.left == b.left && a.top == b.top && a.right == b.right &&
           a.bottom == b.bottom && format.progressive_sequence == format_.progressive_sequence &&
           matrixOf(format) == matrix_ && surfacesFor(format, nvdec_.limits().surfaceMargin) <= surfaces();
}

Status NvdecSession::decode(CUVIDPICPARAMS& picture) {
    return check(nvdec_.calls().cuvidDecodePicture(decoder_, &picture), "cuvidDecodePicture");
}

bool NvdecSession::isDamaged(int pictureIndex) const {
    CUVIDGETDECODESTATUS status{};
    if (nvdec_.calls().cuvidGetDecodeStatus(decoder_, pictureIndex, &status) != CUDA_SUCCESS) return false;
    return status.decodeStatus == cuvidDecodeStatus_Error || status.decodeStatus == cuvidDecodeStatus_Error_Concealed;
}

Result<NvdecSession::Picture> NvdecSession::take(const CUVIDPARSERDISPINFO& shown) {
    CUVIDPROCPARAMS how{};
    how.progressive_frame = shown.progressive_frame;
    how.second_field = shown.repeat_first_field + 1;
    how.top_field_first = shown.top_field_first;
    how.unpaired_field = shown.repeat_first_field < 0 ? 1 : 0;
    how.output_stream = stream_;
    unsigned long long mapped = 0;
    unsigned pitch = 0;
    TESSERA_TRY(check(nvdec_.calls().cuvidMapVideoFrame(decoder_, shown.picture_index, &mapped, &pitch, &how),
                      "cuvidMapVideoFrame"));
    Picture picture;
    picture.isDamaged = isDamaged(shown.picture_index);
    auto copied =
        picture.isDamaged ? Result<FramePtr>(FramePtr()) : copy(mapped, pitch, MediaTime(Duration(shown.timestamp)));
    TESSERA_TRY(check(nvdec_.calls().cuvidUnmapVideoFrame(decoder_, mapped), "cuvidUnmapVideoFrame"));
    if (copied.ok()) {
        picture.frame = *std::move(copied);
        return picture;
    }
    if (copied.error().code != ErrorCode::Capacity || pool_.inUse() == 0) return copied.error();
    nvdec_.counters().picturesDropped.add();
    return picture;
}

/// Copies and waits until that is done: what is mapped must not be unmapped
/// before.
Result<FramePtr> NvdecSession::copy(CUdeviceptr mapped, unsigned pitch, MediaTime pts) {
    auto target = pool_.take();
    if (!target) return target.error();
    const Size luma = pool_.size();
    const Size chroma = chromaSize(luma);
    const CUdeviceptr mappedChroma = mapped + static_cast<CUdeviceptr>(pitch) * info_.ulTargetHeight;
    const CUDA_MEMCPY2D copies[] = {
        copyOnDevice(mapped, pitch, target->luma, target->pitch, luma),
        copyOnDevice(mappedChroma, pitch, target->chroma, target->pitch, {2 * chroma.width, chroma.height})};
    const auto& cuda = nvdec_.device()->context().calls();
    for (const auto& plane : copies) TESSERA_TRY(check(cuda.cuMemcpy2DAsync(&plane, stream_), "cuMemcpy2DAsync"));
    target->frame->pts = pts;
    target->frame->matrix = matrix_;
    target->frame->range = range_;
    const auto picture = target->picture;
    auto frame = std::move(*target).publish(stream_);
    if (!frame) return frame;
    TESSERA_TRY(picture->ready().wait());
    return frame;
}

}  // namespace tessera
