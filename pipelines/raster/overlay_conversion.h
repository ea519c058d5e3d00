#pragma once

#include <cstdint>
#include <span>

#include "mcu/scene/overlay.h"

namespace tessera {

/// Converts a drawn picture to the canvas' terms.
///
/// Chroma is left-sited like the canvas' own: weights 1 2 1 across, 1 1 down, edges repeated; its alpha is filtered
/// the same way, so that colour and coverage stay together. Rounds to nearest.
///
/// @param pixels  0xAARRGGBB, full-range sRGB premultiplied by alpha; size.width * size.height of them, both even
/// @source ITU-R BT.709-6 section 3 and 4.6 (matrix, quantisation); ITU-T H.264 table E-1, chroma_loc 0 (siting)
/// @thread any
OverlayPtr toOverlay(std::span<const std::uint32_t> pixels, Size size);

}  // namespace tessera
