#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mcu/base/time.h"
#include "mcu/scene/scene.h"

#include "api/json.h"

namespace tessera {

/// "#rrggbb" of a colour in the canvas' terms. Not exactly the text it was read from: 8-bit limited range is coarser.
std::string toHexColor(Yuv color);
std::optional<Yuv> parseHexColor(std::string_view text);

/// A scene as `layout {name, params}`, `background`, `background_image`, `corner_radius`, `border {width, color}`,
/// `transition {kind, ms}`, `labels`, `active_speaker_border`, `exclude_participant`; of the parameters only those that
/// the layout reads.
Json toJson(const Scene& scene);

/// Reads the members of a scene that are present into `scene`. `layout` may be a name or `{name, params}`; another name
/// begins with that layout's default parameters, the same name keeps those that are not mentioned (null resets one).
void readScene(ObjectReader& reader, Scene& scene);

/// `{width, height, fps}`; fps as 30 or 29.97.
Json canvasToJson(Size size, FrameRate rate);

/// Reads `name`, an object of width, height and fps, all optional.
void readCanvas(ObjectReader& reader, std::string_view name, Size& size, FrameRate& rate);

double toFps(FrameRate rate);

}  // namespace tessera
