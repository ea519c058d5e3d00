#pragma once

#include <atomic>

namespace tessera {

/// What is to be done to a source's sound. Each value is read on its own.
/// @thread denoise, agc: written by control, read by who decodes; place: written by the video tick, read by the audio
/// tick
struct AudioTreatment {
    std::atomic<bool> denoise{false};  ///< steady noise is lowered
    std::atomic<bool> agc{false};      ///< quiet and loud speakers are brought to one level
    std::atomic<float> place{0};       ///< -1 = left edge of the picture, 1 = right edge; where it was seen last
};

}  // namespace tessera
