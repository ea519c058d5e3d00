#include "api/media_work.h"

#include "mcu/base/log.h"

#include "pipelines/outputs/media_finish.h"

namespace tessera {
namespace {

std::int64_t duration(const std::string& path) {
    const auto found = probeMedia(path);
    return found ? found->durationMs : 0;
}

MediaWork::Facts finish(const std::string& path, const std::vector<MediaChapter>& chapters,
                        const std::atomic<bool>& stopping) {
    if (const Status finished = finishMedia(path, chapters, stopping); !finished) {
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
    return {.duration = duration, .finish = finish, .poster = writePoster};
}

}  // namespace tessera
