#include "pipelines/webrtc/rtp/packetized_frame_cache.h"

#include <functional>

namespace tessera {

PacketizedFramePtr PacketizedFrameCache::get(const PacketPtr& packet, VideoCodec codec) {
    const std::size_t index = (std::hash<const Packet*>()(packet.get()) >> 4U) % kSlots;
    Lock lock(mutex_);
    Slot& slot = slots_[index];
    if (slot.packet == packet) return slot.frame;
    slot = {packet, packetize(*packet, codec)};
    packetized_.add(1);
    return slot.frame;
}

}  // namespace tessera
