#include "pipelines/webrtc/rtp/jitter_buffer.h"

#include <algorithm>
#include <utility>

namespace tessera {

bool JitterBuffer::insert(ReceivedPacket packet) {
    if (!next_) next_ = packet.sequence;
    if (packet.sequence < *next_) return false;
    const std::int64_t sequence = packet.sequence;
    return packets_.try_emplace(sequence, std::move(packet)).second;
}

std::vector<ReceivedPacket> JitterBuffer::take(MonotonicTime now) {
    std::vector<ReceivedPacket> ready;
    while (!packets_.empty()) {
        const auto first = packets_.begin();
        const std::int64_t gap = first->first - *next_;
        const bool waited = nextDeadline().value_or(now) <= now;
        if (gap > 0 && !waited && packets_.size() <= settings_.maxPackets) break;
        ReceivedPacket packet = std::move(first->second);
        packets_.erase(first);
        packet.lostBefore = static_cast<std::uint32_t>(gap);
        lost_ += static_cast<std::uint64_t>(gap);
        next_ = packet.sequence + 1;
        ready.push_back(std::move(packet));
    }
    return ready;
}

std::optional<MonotonicTime> JitterBuffer::nextDeadline() const {
    // What is kept behind a gap arrived in any order; the earliest of the run behind the first gap opened the wait.
    if (packets_.empty() || packets_.begin()->first == *next_) return std::nullopt;
    MonotonicTime opened = packets_.begin()->second.arrival;
    for (const auto& [sequence, packet] : packets_) opened = std::min(opened, packet.arrival);
    return opened + settings_.maxWait;
}

void JitterBuffer::reset() {
    packets_.clear();
    next_.reset();
}

}  // namespace tessera
