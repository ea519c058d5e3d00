#include "api/meeting_defaults.h"

namespace tessera {

MeetingSettings defaultMeetingSettings(const Config& config) {
    const auto& media = config.media;
    MeetingSettings settings;
    settings.canvas = {media.canvasWidth, media.canvasHeight};
    settings.rate = {media.fps, 1};
    settings.scene.layout = media.layout;
    settings.encode = {.videoBitrateKbps = media.videoBitrateKbps,
                       .audioBitrateKbps = media.audioBitrateKbps,
                       .keyframeIntervalMs = media.keyframeIntervalMs};
    settings.talkers = media.talkers;
    settings.maxParticipants = config.limits.participants;
    settings.playoutDelay = std::chrono::milliseconds(media.playoutDelayMs);
    return settings;
}

}  // namespace tessera
