#pragma once

#include <memory>

#include "mcu/meeting/output.h"

#include "pipelines/outputs/hls/hls_site.h"

namespace tessera {

inline constexpr ParamRow kHlsParams[] = {
    {"container", ParamType::Choice, R"("fmp4")", "fmp4 | mpegts", "What segments are"},
    {"low_latency", ParamType::Boolean, "true", "", "List parts of segments as they are made"},
    {"segment_ms", ParamType::Integer, "2000", "", "Wanted length of segments; they end at keyframes", 500, 10'000},
    {"part_ms", ParamType::Integer, "333", "", "Longest part, rounded to whole pictures", 100, 2000},
    {"window", ParamType::Choice, R"("sliding")", "sliding | event",
     "Whether old segments go, or all stay until the end"},
    {"window_segments", ParamType::Integer, "8", "", "Segments that a sliding window lists", 3, 10'000},
    {"memory_mb", ParamType::Integer, "256", "", "Most memory for segments; an event ends when it is full", 8, 16'384},
    {"playlist", ParamType::Text, R"("index")", "letters, digits and dashes",
     "Name of the master playlist; outputs with the same name are one ladder", 1, 32},
    {"ladder_view", ParamType::Text, R"("")", "id of a view",
     "View under which it is listed, when not its own: a smaller rung of that view's ladder", 0, 64},
    {"captions", ParamType::Text, R"("")", "language, as in en",
     "Language of the captions that the meeting is given; empty lists none", 0, 35},
    {"thumbnail_s", ParamType::Integer, "0", "",
     "Seconds after which there is another small picture at <playlist>.jpg; 0 makes none", 0, 3600},
    {"thumbnail_width", ParamType::Integer, "320", "", "Of that picture, pixels", 32, 1920},
    {"public", ParamType::Boolean, "false", "", "Nobody needs a credential to watch"},
};

/// Makes an output that publishes segments and playlists on a site.
///
/// @param request  its path is "<meeting>/<view>"
/// @param site     outlives the output
/// @error invalid_argument: no video, a codec that HLS does not carry, a parameter; conflict: as HlsSite::publish
Result<std::unique_ptr<Output>> createHlsOutput(const OutputRequest& request, HlsSite& site);

}  // namespace tessera
