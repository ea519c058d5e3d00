#pragma once

#include "api/json.h"
#include "api/store/records.h"
#include "pipelines/render/render.h"

namespace tessera {

/// Reads what is to be rendered: `view`, `layout` (a name or `{name, params}`), `canvas {width, height, fps}`,
/// `exclude`, `from_ms`, `to_ms`, `bitrate_kbps`, `container`; all of them optional.
/// @error invalid_argument with `field`
Result<RenderOptions> readRenderOptions(const Json& body);

/// What the store keeps of a rendering: `recording` it is made of, `options` as they were asked for, and in the end
/// `begins_at_us`, the meeting time of its time 0, and `warnings`, of what is missing in it.
/// @param report  null while there is none
std::string toRenderText(const RecordingId& recording, const Json& options, const RenderReport* report);

/// The recording that another one was rendered from. @return nothing for one that was recorded
std::optional<RecordingId> renderedFrom(const RecordingRecord& recording);

}  // namespace tessera
