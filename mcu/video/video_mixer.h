#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "mcu/base/snapshot.h"
#include "mcu/base/stats.h"
#include "mcu/base/time.h"
#include "mcu/video/load_shedder.h"
#include "mcu/video/video_plan.h"

namespace tessera {

/// Draws every view of a meeting, once per tick. Owns no thread; a tick thread or a test calls `tick`.
class VideoMixer {
public:
    VideoMixer(const Snapshot<VideoPlan>& plan, const Clock& clock) : plan_(plan), clock_(clock) {}

    /// Resolves, gathers, draws and publishes the pictures of tick n: one picture per source for all views, read at the
    /// tick's time less the playout delay plus half a period; the views' pictures carry the tick's time as pts.
    /// @thread video-tick
    void tick(std::int64_t n);

    /// The best filter that is used now, and how often that changed for want of time or thanks to it.
    /// @thread any
    ScaleFilter filter() const { return filter_.load(std::memory_order_relaxed); }
    std::uint64_t filterChanges() const { return filterChanges_.value(); }

private:
    void gather(const VideoPlan& plan, MediaTime t);
    void submit(const VideoPlan& plan, const VideoPlanView& planned, MediaTime pts);
    static void placeSound(const VideoPlan& plan, const VideoPlanView& planned);
    void publish(const VideoPlanView& planned);

    // Borrowed
    const Snapshot<VideoPlan>& plan_;
    const Clock& clock_;
    // State, reused by every tick
    std::vector<FramePtr> frames_;
    std::vector<StageSource> stage_;
    LoadShedder shedder_;
    std::atomic<ScaleFilter> filter_{ScaleFilter::CatmullRom};
    Counter filterChanges_;
};

}  // namespace tessera
