#pragma once

#include <array>
#include <cstdint>

#include "mcu/base/stats.h"
#include "mcu/base/sync.h"

#include "pipelines/webrtc/rtp/packetizer.h"

namespace tessera {

/// Lets the peers of a process packetize each rendition packet once: the first to ask does it, the others share it.
/// Direct-mapped by the packet's address; one that was displaced meanwhile is cut again.
class PacketizedFrameCache {
public:
    /// @param codec  of the video rendition; ignored for audio
    /// @thread any; holds the lock while one packet is cut (a copy of its bytes)
    PacketizedFramePtr get(const PacketPtr& packet, VideoCodec codec) EXCLUDES(mutex_);

    std::uint64_t packetized() const { return packetized_.value(); }

private:
    /// Above the packets in flight of a few dozen renditions (each about 50 audio or 30 video packets a second, taken
    /// by the event loops within some 100 ms); below what would keep much memory.
    static constexpr std::size_t kSlots = 256;
    struct Slot {
        PacketPtr packet;  ///< kept alive, so that its address is not used again
        PacketizedFramePtr frame;
    };

    Mutex mutex_;
    std::array<Slot, kSlots> slots_ GUARDED_BY(mutex_);
    Counter packetized_;
};

}  // namespace tessera
