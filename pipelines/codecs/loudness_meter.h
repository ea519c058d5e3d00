#pragma once

#include <memory>

#include "mcu/audio/loudness.h"

namespace tessera {

/// Measures by libebur128: K-weighting and gating of ITU-R BS.1770-4. `offer` neither allocates nor locks; the
/// integrated loudness comes from a histogram of 0.1 LU, so that any length takes the same memory.
/// @return null when there is no memory
std::shared_ptr<LoudnessMeter> createLoudnessMeter();

}  // namespace tessera
