#pragma once

#include <vector>

#include "mcu/base/ids.h"
#include "mcu/meeting/media_factory.h"
#include "mcu/scene/view_overlay.h"

namespace tessera {

struct OverlayInfo {
    OverlayId id;
    OverlaySpec spec;
};

/// The overlays of one view: rasterised when they are declared, so that ticks only place them.
/// @thread control
class OverlaySet {
public:
    static constexpr std::size_t kMost = 32;

    /// @error capacity: there are kMost; invalid_argument, not_found: what the specification says is wrong or missing
    Result<OverlayInfo> add(const OverlaySpec& spec, Size canvas, MediaFactory& factory);
    /// Replaces it; nothing has changed on an error.
    Result<OverlayInfo> update(const OverlayId& id, const OverlaySpec& spec, Size canvas, MediaFactory& factory);
    Status remove(const OverlayId& id);

    Result<OverlayInfo> info(const OverlayId& id) const;
    std::vector<OverlayInfo> all() const;

    /// What a tick draws, from far to near.
    std::vector<ViewOverlayPtr> planned() const;

private:
    struct Entry {
        OverlayId id;
        ViewOverlayPtr overlay;
    };
    std::vector<Entry>::iterator find(const OverlayId& id);

    // State
    std::vector<Entry> entries_;  ///< in the order of their making
};

}  // namespace tessera
