#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mcu/base/time.h"
#include "mcu/scene/composition.h"

namespace tessera {

enum class OverlayKind { Text, Image, Ticker, Clock, Caption };

/// The point of the canvas, and the point of the overlay that lies on it; both as fractions from the upper left corner.
struct OverlayPlace {
    double x = 0.5;
    double y = 0.5;
    double anchorX = 0.5;
    double anchorY = 0.5;
    auto operator<=>(const OverlayPlace&) const = default;
};

/// What somebody wants to be shown over a view.
struct OverlaySpec {
    OverlayKind kind = OverlayKind::Text;
    std::string text;   ///< text, ticker, caption
    std::string image;  ///< image: name of a file
    OverlayPlace place;
    double width = 0.5;    ///< most, of the canvas' width; of a ticker exactly
    double height = 0.06;  ///< of a line or a ticker, most of an image; of the canvas' height
    OverlayStyle style;
    int z = 0;  ///< higher is nearer
    double opacity = 1;
    std::optional<std::int64_t> fromMs;   ///< meeting time from which on it is shown
    std::optional<std::int64_t> untilMs;  ///< meeting time from which on it is not shown any more
    double speed = 0.12;                  ///< ticker: canvas widths a second
    bool isElapsed = false;               ///< clock: the meeting's time instead of the day's
    int utcOffsetMinutes = 0;             ///< clock
    bool operator==(const OverlaySpec&) const = default;
};

/// What a clock is written with.
inline constexpr std::string_view kClockCharacters = "0123456789:";

/// An overlay ready to be drawn. Immutable once shared.
struct ViewOverlay {
    OverlaySpec spec;
    OverlayPtr plate;  ///< all of a text, image or caption; the band of a ticker; what a clock stands on; may be null
    OverlayPtr strip;  ///< ticker: the text in one line
    std::array<OverlayPtr, kClockCharacters.size()> characters;  ///< clock: all of one size
};
using ViewOverlayPtr = std::shared_ptr<const ViewOverlay>;

/// Adds to `placed` what the overlay shows at one time. Pure.
///
/// @param now   meeting time
/// @param wall  the same in UTC, since 1970
/// @thread      video-tick; allocates only while `placed` grows
void placeOverlay(const ViewOverlay& overlay, MediaTime now, Duration wall, Size canvas,
                  std::vector<PlacedOverlay>& placed);

}  // namespace tessera
