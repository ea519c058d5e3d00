#include "api/media_work.h"

#include "mcu/base/log.h"

#include "pipelines/outputs/media_finish.h"

namespace tessera {
namespace {

MediaWork::Facts finish(const std::string& path, const std::atomic<bool>& stopping) {
    if (const Status finished = finishMedia(path, stopping); !finished) {
        log(LogLevel::Warning, "recording", "a file stays as it was written",
            {{"file", path}, {"reason", finished.error().message}});
    }
    const auto found = probeMedia(path);
    if (!found) return {};
    return {.beginsMs = found->beginsMs,
            .durationMs = found->durationMs,
            .videoCodec = found->videoCodec,
            .audioCodec = found->audioCodec,
            .width = found->width,
            .height = found->height};
}

}  // namespace

MediaWork libraryMediaWork() {
    return {.finish = finish, .poster = writePoster};
}

}  // namespace tessera
