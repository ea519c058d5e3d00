#pragma once

#include "mcu/meeting/overlay_set.h"

#include "api/json.h"

namespace tessera {

/// An overlay as `kind`, `place {x, y, anchor}`, `size {width, height}`, `style`, `z`, `opacity`, `from_ms`, `until_ms`
/// and what its kind has: `text`, `image`, `speed`, `format`, `utc_offset_minutes`.
Json toJson(const OverlayInfo& overlay);

/// Reads a whole overlay; what is absent has the default of its kind.
Result<OverlaySpec> readOverlaySpec(const Json& body);

/// Changes the members that are present; null resets one. The kind stays.
Result<OverlaySpec> readOverlayPatch(const Json& body, const OverlaySpec& spec);

}  // namespace tessera
