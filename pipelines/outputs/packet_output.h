#pragma once

#include <functional>
#include <string_view>
#include <utility>

#include "mcu/base/stats.h"
#include "mcu/base/sync.h"
#include "mcu/media/packet_queue.h"
#include "mcu/meeting/output.h"

namespace tessera {

/// What outputs have in common that work on a thread of their own: the queue in front of it, the statistics, and the
/// way to a keyframe.
class PacketOutput : public Output {
public:
    void offer(PacketPtr packet) final { queue_.offer(std::move(packet)); }
    void setKeyframeRequest(std::function<void()> request) final;
    OutputStats stats() const override;

protected:
    explicit PacketOutput(PacketQueue::Limits limits) : queue_(limits) {}

    void requestKeyframe() EXCLUDES(mutex_);
    /// The thread's last word: Stopped, or Failed with the reason, which is logged.
    /// @param to  where it went, without credentials; may be empty
    void end(const Status& result, std::string_view to = {}) EXCLUDES(mutex_);

    PacketQueue queue_;
    Counter bytes_;  ///< that left the muxer
    mutable Mutex mutex_;
    OutputStats stats_ GUARDED_BY(mutex_);  ///< without bytes and packetsDropped

private:
    std::function<void()> keyframeRequest_ GUARDED_BY(mutex_);
};

}  // namespace tessera
