#include <array>

#include "api/gateway/gateway.h"
#include "api/handlers/handlers.h"
#include "api/store/recording_files.h"

namespace tessera::handlers {

namespace {

using TypeRow = std::pair<std::string_view, std::string_view>;

constexpr std::array kTypes{
    TypeRow{"mp4", "video/mp4"},         TypeRow{"m4s", "video/iso.segment"}, TypeRow{"m4a", "audio/mp4"},
    TypeRow{"mkv", "video/x-matroska"},  TypeRow{"mka", "audio/x-matroska"},  TypeRow{"webm", "video/webm"},
    TypeRow{"ogg", "audio/ogg"},         TypeRow{"ts", "video/mp2t"},         TypeRow{"vtt", "text/vtt"},
    TypeRow{"json", "application/json"}, TypeRow{"otio", "application/json"}, TypeRow{"jpg", "image/jpeg"},
    TypeRow{"png", "image/png"}};

std::string typeOf(std::string_view name) {
    const auto extension = name.substr(name.rfind('.') + 1);
    for (const auto& [known, type] : kTypes) {
        if (known == extension) return std::string(type);
    }
    return "application/octet-stream";
}

}  // namespace

/// Says who may have the file and what it is; the gateway looks whether it is there, and sends it.
Result<HttpResponse> getRecordingFile(Call& call) {
    const auto id = call.id<RecordingId>("recording");
    if (!id) return id.error();
    const auto recording = call.services.store.recording(*id);
    if (!recording) return recording.error();
    TESSERA_TRY(authorize(call.identity, Right::ReadRecordings, recording->meeting.toString()));
    const auto& name = call.param("file");
    if (!isSafeFileName(name)) return notFound("no such recording file");
    const std::string place = id->toString() + "/" + name;
    HttpResponse response;
    response.with(kServeHeader, "recording " + place)
        .with("Content-Type", typeOf(name))
        .with("Content-Disposition", "attachment; filename=\"" + id->toString() + "-" + name + "\"")
        .with("Cache-Control", "private, no-cache")
        .with("X-Content-Type-Options", "nosniff");
    return response;
}

/// Says who may watch; the gateway sends what there is.
Result<HttpResponse> getHls(Call&) {
    HttpResponse response;
    response.with(kServeHeader, "hls");
    return response;
}

}  // namespace tessera::handlers
