#include <charconv>
#include <string>

#include "mcu/media/device_picture.h"

#include "api/handlers/handlers.h"
#include "pipelines/raster/image_encoder.h"

namespace tessera::handlers {

namespace {

/// What a caller wants to have.
struct Wanted {
    ImageFormat format = ImageFormat::Jpeg;
    int width = 0;  ///< 0 = that of the picture
};

Result<HttpResponse> imageResponse(const Result<FramePtr>& picture, Wanted wanted) {
    if (!picture) return picture.error();
    const auto frame = hostFrame(*picture);
    if (!frame) return frame.error();
    const auto bytes = encodeImage(**frame, wanted.format, wanted.width);
    if (!bytes) return bytes.error();
    HttpResponse response;
    response.with("Content-Type", wanted.format == ImageFormat::Png ? "image/png" : "image/jpeg")
        .with("Cache-Control", "no-store");
    response.body.assign(bytes->begin(), bytes->end());
    return response;
}

Result<Wanted> wantedOf(const Call& call) {
    Wanted wanted;
    const auto format = call.query("format");
    if (format == "png") wanted.format = ImageFormat::Png;
    if (!format.empty() && format != "png" && format != "jpeg") {
        return invalidArgument("format must be jpeg or png", "format");
    }
    const auto width = call.query("width");
    if (width.empty()) return wanted;
    const auto [end, fault] = std::from_chars(width.data(), width.data() + width.size(), wanted.width);
    const bool isWhole = fault == std::errc() && end == width.data() + width.size();
    if (!isWhole || wanted.width < 16 || wanted.width > 4096) {
        return invalidArgument("width must be from 16 to 4096", "width");
    }
    return wanted;
}

}  // namespace

Result<HttpResponse> snapshotView(Call& call) {
    const auto wanted = wantedOf(call);
    if (!wanted) return wanted.error();
    const auto meeting = call.liveMeeting();
    if (!meeting) return meeting.error();
    const auto id = call.id<ViewId>("view");
    if (!id) return id.error();
    return imageResponse((*meeting)->viewPicture(*id), *wanted);
}

Result<HttpResponse> snapshotSource(Call& call) {
    const auto wanted = wantedOf(call);
    if (!wanted) return wanted.error();
    const auto meeting = call.liveMeeting();
    if (!meeting) return meeting.error();
    const auto id = call.id<SourceId>("source");
    if (!id) return id.error();
    return imageResponse((*meeting)->sourcePicture(*id), *wanted);
}

}  // namespace tessera::handlers
