#include <cmath>

#include "api/json_meeting.h"

namespace tessera {

namespace {

/// To a tenth, as meters show it.
Json toLufs(float value) {
    return std::isfinite(value) ? Json(std::round(static_cast<double>(value) * 10) / 10) : Json();
}

}  // namespace

Json toJson(const std::optional<Loudness>& loudness) {
    if (!loudness) return Json();
    return {{"momentary_lufs", toLufs(loudness->momentaryLufs)},
            {"short_term_lufs", toLufs(loudness->shortTermLufs)},
            {"integrated_lufs", toLufs(loudness->integratedLufs)},
            {"true_peak_dbtp", toLufs(loudness->truePeakDbtp)}};
}

Json toJson(const MeetingStats& stats) {
    Json renditions = Json::array();
    for (const auto& rendition : stats.renditions) {
        renditions.push_back({{"kind", rendition.kind},
                              {"of", rendition.of},
                              {"codec", rendition.codec},
                              {"encoder", rendition.encoder},
                              {"subscribers", rendition.subscribers},
                              {"encoded", rendition.encoded},
                              {"dropped", rendition.dropped},
                              {"bytes", rendition.bytes},
                              {"keyframes", rendition.keyframes},
                              {"target_lufs", rendition.targetLufs == 0 ? Json() : Json(rendition.targetLufs)}});
    }
    return {{"now_ms", toMilliseconds(stats.now.time_since_epoch())},
            {"video",
             {{"ticks", stats.videoTicks},
              {"skipped", stats.videoSkipped},
              {"late", stats.videoLate},
              {"tick_ms_p50", stats.videoTickMsP50},
              {"tick_ms_p99", stats.videoTickMsP99},
              {"filter", stats.videoFilter},
              {"filter_changes", stats.videoFilterChanges}}},
            {"audio",
             {{"ticks", stats.audioTicks},
              {"skipped", stats.audioSkipped},
              {"late", stats.audioLate},
              {"tick_ms_p50", stats.audioTickMsP50},
              {"tick_ms_p99", stats.audioTickMsP99}}},
            {"loudness", toJson(stats.loudness)},
            {"renditions", std::move(renditions)}};
}

}  // namespace tessera
