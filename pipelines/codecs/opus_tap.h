#pragma once

#include <cstdint>
#include <span>

#include "mcu/media/coded_tap.h"

namespace tessera {

/// Offers one Opus packet to a tap, when somebody wants it.
/// @param lostBefore  packets missing directly before it
/// @thread media
void offerOpus(CodedTap& tap, std::span<const std::uint8_t> payload, MediaTime pts, std::uint32_t lostBefore);

}  // namespace tessera
