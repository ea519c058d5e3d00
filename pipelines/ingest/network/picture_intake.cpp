#include "pipelines/ingest/network/picture_intake.h"

#include <cmath>

extern "C" {
#include <libavutil/display.h>
}

namespace tessera {
namespace {

/// The matrix that belongs to the picture, or else to its stream; null when there is none.
const std::int32_t* displayMatrix(const AVFrame& frame, const AVStream& stream) {
    if (const AVFrameSideData* side = av_frame_get_side_data(&frame, AV_FRAME_DATA_DISPLAYMATRIX)) {
        return reinterpret_cast<const std::int32_t*>(side->data);
    }
    return reinterpret_cast<const std::int32_t*>(av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr));
}

/// @source ISO/IEC 14496-12 section 6.2.2: the matrix; libavutil tells its angle counterclockwise
Orientation orientationOf(const std::int32_t* matrix) {
    if (matrix == nullptr) return {};
    const double degrees = av_display_rotation_get(matrix);
    if (std::isnan(degrees)) return {};
    const int turns = static_cast<int>(std::lround(-degrees / 90));
    return {((turns % 4) + 4) % 4, false};
}

}  // namespace

Status checkSize(Size size) {
    const Size most = kLargestSourcePicture;
    const bool fits = (size.width <= most.width && size.height <= most.height) ||
                      (size.width <= most.height && size.height <= most.width);
    if (fits) return kOk;
    return unsupported("the picture has " + std::to_string(size.width) + "x" + std::to_string(size.height) +
                       " pixels: 4096x2304 are the most");
}

Status checkTransfer(int transfer) {
    if (transfer != AVCOL_TRC_SMPTE2084 && transfer != AVCOL_TRC_ARIB_STD_B67) return kOk;
    const char* name = transfer == AVCOL_TRC_SMPTE2084 ? "PQ" : "HLG";
    return unsupported(std::string("the picture is HDR (") + name + "): send standard dynamic range (BT.709)");
}

Result<std::shared_ptr<VideoFrame>> PictureIntake::take(AvFramePtr frame, AVFormatContext& format, AVStream& stream) {
    TESSERA_TRY(checkTransfer(frame->color_trc));
    TESSERA_TRY(checkSize({frame->width, frame->height}));
    const bool isInterlaced = frame->interlaced_frame != 0, isTopFirst = frame->top_field_first != 0;
    const Orientation orientation = orientationOf(displayMatrix(*frame, stream));
    frame->sample_aspect_ratio = av_guess_sample_aspect_ratio(&format, &stream, frame.get());
    auto picture = converter_.convert(std::move(frame));
    if (!picture) return picture;
    picture->orientation = orientation;
    if (!isInterlaced) return picture;
    return deinterlacer_.apply(std::move(picture), isTopFirst);
}

}  // namespace tessera
