#include <charconv>
#include <string>

#include "mcu/media/device_picture.h"

#include "api/handlers/handlers.h"
#include "api/handlers/snapshot_cache.h"
#include "pipelines/raster/image_encoder.h"

namespace tessera::handlers {

namespace {

/// What a caller wants to have.
struct Wanted {
    ImageFormat format = ImageFormat::Jpeg;
    int width = 0;  ///< 0 = that of the picture
};

SnapshotCache& cache() {
    static const SteadyClock clock;
    static SnapshotCache pictures(clock);
    return pictures;
}

Result<SnapshotCache::File> encode(const Result<FramePtr>& picture, Wanted wanted) {
    if (!picture) return picture.error();
    const auto frame = hostFrame(*picture);
    if (!frame) return frame.error();
    const auto bytes = encodeImage(**frame, wanted.format, wanted.width);
    if (!bytes) return bytes.error();
    return SnapshotCache::File(std::make_shared<const std::string>(bytes->begin(), bytes->end()));
}

/// @param what  the picture's name in the meeting
template <typename Picture>
Result<HttpResponse> imageResponse(const std::shared_ptr<Meeting>& meeting, const std::string& what, Wanted wanted,
                                   Picture picture) {
    const bool isPng = wanted.format == ImageFormat::Png;
    const std::string key = what + (isPng ? " png " : " jpeg ") + std::to_string(wanted.width);
    const auto file = cache().get(meeting, key, [&] { return encode(picture(), wanted); });
    if (!file) return file.error();
    HttpResponse response;
    response.with("Content-Type", isPng ? "image/png" : "image/jpeg").with("Cache-Control", "no-store");
    response.body = **file;
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
    return imageResponse(*meeting, "view " + id->toString(), *wanted, [&] { return (*meeting)->viewPicture(*id); });
}

Result<HttpResponse> snapshotSource(Call& call) {
    const auto wanted = wantedOf(call);
    if (!wanted) return wanted.error();
    const auto meeting = call.liveMeeting();
    if (!meeting) return meeting.error();
    const auto id = call.id<SourceId>("source");
    if (!id) return id.error();
    return imageResponse(*meeting, "source " + id->toString(), *wanted, [&] { return (*meeting)->sourcePicture(*id); });
}

}  // namespace tessera::handlers
