#include "mcu/media/device_picture.h"

#include "api/handlers/handlers.h"
#include "pipelines/raster/image_encoder.h"

namespace tessera::handlers {

namespace {

Result<HttpResponse> imageResponse(const Result<FramePtr>& picture, ImageFormat format) {
    if (!picture) return picture.error();
    const auto frame = hostFrame(*picture);
    if (!frame) return frame.error();
    const auto bytes = encodeImage(**frame, format);
    if (!bytes) return bytes.error();
    HttpResponse response;
    response.with("Content-Type", format == ImageFormat::Png ? "image/png" : "image/jpeg")
        .with("Cache-Control", "no-store");
    response.body.assign(bytes->begin(), bytes->end());
    return response;
}

Result<ImageFormat> askedFormat(const Call& call) {
    const auto format = call.query("format");
    if (format.empty() || format == "jpeg") return ImageFormat::Jpeg;
    if (format == "png") return ImageFormat::Png;
    return invalidArgument("format must be jpeg or png", "format");
}

}  // namespace

Result<HttpResponse> snapshotView(Call& call) {
    const auto format = askedFormat(call);
    if (!format) return format.error();
    const auto meeting = call.liveMeeting();
    if (!meeting) return meeting.error();
    const auto id = call.id<ViewId>("view");
    if (!id) return id.error();
    return imageResponse((*meeting)->viewPicture(*id), *format);
}

Result<HttpResponse> snapshotSource(Call& call) {
    const auto format = askedFormat(call);
    if (!format) return format.error();
    const auto meeting = call.liveMeeting();
    if (!meeting) return meeting.error();
    const auto id = call.id<SourceId>("source");
    if (!id) return id.error();
    return imageResponse((*meeting)->sourcePicture(*id), *format);
}

}  // namespace tessera::handlers
