#pragma once

#include "mcu/base/time.h"
#include "mcu/scene/composition.h"

namespace tessera {

/// Chooses how well pictures are scaled: worse when ticks come short of time, better again when there has been time to
/// spare for long. Going back takes so much more that it does not swing: a cheaper filter saves at most half of a tick.
/// @thread of its owner
class LoadShedder {
public:
    /// Of a period that a tick may take on average; above kShedAbove quality goes down, below kRestoreBelow up. The
    /// rest of the period is the encoders', which share the processor. kRestoreBelow is well under half of kShedAbove.
    static constexpr double kShedAbove = 0.5;
    static constexpr double kRestoreBelow = 0.2;

    /// How long the average stays beyond its bound before something is done.
    static constexpr Duration kShedAfter = std::chrono::milliseconds(500);
    static constexpr Duration kRestoreAfter = std::chrono::seconds(5);

    /// @param spent   on this tick
    /// @param period  of the ticks
    /// @return        whether the filter has changed
    bool onTick(Duration spent, Duration period);

    /// The best filter that layers may use.
    ScaleFilter filter() const { return filter_; }

private:
    // State
    ScaleFilter filter_ = ScaleFilter::CatmullRom;
    double load_ = 0;  ///< share of the period, averaged over about eight ticks
    Duration over_{};  ///< how long the load has been above its bound
    Duration underneath_{};
};

}  // namespace tessera
