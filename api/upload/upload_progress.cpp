#include "api/upload/upload_progress.h"

namespace tessera {

Json toJson(const UploadProgress& progress) {
    Json json = Json::object();
    for (const auto& [name, file] : progress) {
        json[name] = {{"done", file.isDone},          {"verified", file.isVerified}, {"upload_id", file.uploadId},
                      {"part_bytes", file.partBytes}, {"sha256", file.sha256},       {"parts", file.parts}};
    }
    return json;
}

UploadProgress progressFromText(std::string_view text) {
    UploadProgress progress;
    const auto json = Json::parse(text, nullptr, false);
    if (!json.is_object()) return progress;
    for (const auto& [name, file] : json.items()) {
        if (!file.is_object()) continue;
        FileProgress& into = progress[name];
        into.isDone = file.value("done", false);
        into.isVerified = file.value("verified", false);
        into.uploadId = file.value("upload_id", "");
        into.partBytes = file.value("part_bytes", std::int64_t{0});
        into.sha256 = file.value("sha256", "");
        into.parts = file.value("parts", std::vector<std::string>());
    }
    return progress;
}

}  // namespace tessera
