#include "mcu/media/packet_queue.h"

#include <algorithm>
#include <utility>

namespace tessera {

bool PacketQueue::overflows(const Packet& packet) const {
    if (bytes_ + packet.bytes.size() > limits_.bytes) return true;
    for (const auto& queued : packets_) {
        if (queued->kind == packet.kind) return packet.pts - queued->pts > limits_.duration;
    }
    return false;
}

void PacketQueue::dropVideo() {
    const auto isVideo = [](const PacketPtr& packet) { return packet->kind == MediaKind::Video; };
    for (const auto& packet : packets_) {
        if (!isVideo(packet)) continue;
        bytes_ -= packet->bytes.size();
        dropped_.add();
    }
    std::erase_if(packets_, isVideo);
    waitingForKeyframe_ = true;
}

void PacketQueue::offer(PacketPtr packet) {
    Lock lock(mutex_);
    if (closed_) return;
    if (overflows(*packet)) {
        if (packet->kind == MediaKind::Video) {
            dropVideo();
        } else {
            const auto oldest = std::find_if(packets_.begin(), packets_.end(),
                                             [](const auto& queued) { return queued->kind == MediaKind::Audio; });
            if (oldest == packets_.end()) {
                dropped_.add();
                return;
            }
            bytes_ -= (*oldest)->bytes.size();
            packets_.erase(oldest);
            dropped_.add();
        }
    }
    if (packet->kind == MediaKind::Video) {
        if (waitingForKeyframe_ && !packet->keyframe) {
            dropped_.add();
            return;
        }
        waitingForKeyframe_ = false;
    }
    bytes_ += packet->bytes.size();
    packets_.push_back(std::move(packet));
    wake_.notifyOne();
}

PacketPtr PacketQueue::take(Duration timeout) {
    Lock lock(mutex_);
    wake_.waitFor(mutex_, timeout, [this] { return closed_ || !packets_.empty(); });
    if (packets_.empty()) return nullptr;
    PacketPtr packet = std::move(packets_.front());
    packets_.pop_front();
    bytes_ -= packet->bytes.size();
    return packet;
}

void PacketQueue::clear() {
    Lock lock(mutex_);
    dropped_.add(packets_.size());
    packets_.clear();
    bytes_ = 0;
    waitingForKeyframe_ = true;
}

void PacketQueue::close() {
    Lock lock(mutex_);
    closed_ = true;
    wake_.notifyAll();
}

bool PacketQueue::isClosed() const {
    Lock lock(mutex_);
    return closed_;
}

}  // namespace tessera
