#pragma once

#include <limits>

#include "mcu/media/sinks.h"

namespace tessera {

/// The loudness of silence, and of what has not been measured yet; the same for peaks.
inline constexpr float kSilenceLufs = -std::numeric_limits<float>::infinity();

/// How loud a programme is to a listener.
/// @source ITU-R BS.1770-4; EBU R 128; EBU Tech 3341 (the three times)
struct Loudness {
    float momentaryLufs = kSilenceLufs;   ///< of the last 400 ms
    float shortTermLufs = kSilenceLufs;   ///< of the last 3 s
    float integratedLufs = kSilenceLufs;  ///< of all so far, pauses left out (gated)
    float truePeakDbtp = kSilenceLufs;    ///< the highest so far, between samples as well
};

/// Measures one programme, block after block; gaps in the blocks' indices are not noticed.
class LoudnessMeter : public BlockSink {
public:
    /// New about ten times per second of what was offered, the integrated loudness once.
    /// @thread any
    virtual Loudness reading() const = 0;
};

}  // namespace tessera
