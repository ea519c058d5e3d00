#include "mcu/meeting/source.h"

#include "mcu/base/log.h"

namespace tessera {

Status Ingest::seek(Duration) {
    return unsupported("this kind of source cannot be played from another position");
}

Status Ingest::setPaused(bool) {
    return unsupported("this kind of source cannot be paused");
}

SourceInfo describe(const Source& source) {
    const auto& feed = *source.feed;
    return {.id = source.id,
            .name = source.name,
            .kind = source.kind,
            .params = source.params,
            .participant = source.participant,
            .state = feed.state(),
            .isScreen = source.isScreen,
            .audioMuted = source.audioMuted,
            .videoMuted = source.videoMuted,
            .gainDb = source.gainDb,
            .denoise = feed.treatment.denoise,
            .agc = feed.treatment.agc,
            .orientation = source.orientation,
            .size = {static_cast<int>(feed.width.value()), static_cast<int>(feed.height.value())},
            .levelDbov = feed.meter.levelDbov(),
            .loudness = source.loudness ? std::optional(source.loudness->reading()) : std::nullopt,
            .framesReceived = feed.video.offered(),
            .framesDropped = feed.video.dropped(),
            .packetsReceived = feed.packetsReceived.value(),
            .packetsLost = feed.packetsLost.value(),
            .decodeErrors = feed.decodeErrors.value(),
            .keyframeRequests = feed.keyframeRequests.value(),
            .concealedBlocks = feed.audio.concealedBlocks(),
            .reconnects = feed.reconnects.value(),
            .bytesReceived = feed.bytesReceived.value(),
            .backlogMs = feed.audio.backlogMs(),
            .lastError = feed.error(),
            .playback = source.ingest ? source.ingest->playback() : std::nullopt};
}

void rasterizeName(Source& source, TextRasterizer& rasterizer) {
    for (const auto scale : kEveryTileScale) {
        const auto index = static_cast<std::size_t>(scale);
        auto label = rasterizer.label(source.name, labelHeight(scale), labelMaxWidth(scale));
        auto avatar = rasterizer.avatar(source.name, avatarDiameter(scale));
        if (!label || !avatar) {
            log(LogLevel::Warning, "meeting", "a name could not be drawn",
                {{"source", source.id.toString()}, {"reason", (label ? avatar.error() : label.error()).message}});
            return;
        }
        source.labels[index] = *label;
        source.avatars[index] = *avatar;
    }
}

}  // namespace tessera
