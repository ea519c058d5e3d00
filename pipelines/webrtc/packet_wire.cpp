#include "pipelines/webrtc/packet_wire.h"

#include <algorithm>

namespace tessera {

PacketWire::PacketWire(EventLoop& loop, IceTransport& ice, SrtpSession& srtp, WireCounters& counters,
                       std::function<void()> onOverflow)
    : loop_(loop), ice_(ice), srtp_(srtp), counters_(counters), onOverflow_(std::move(onOverflow)) {}

std::vector<std::uint8_t>& PacketWire::nextBuffer() {
    if (queued_ == buffers_.size()) buffers_.emplace_back().reserve(1500);
    return buffers_[queued_];
}

void PacketWire::addRtp(const RtpHeader& header, std::span<const std::uint8_t> payload) {
    auto& packet = nextBuffer();
    packet.resize(kRtpHeaderSize);
    writeRtpHeader(header, std::span<std::uint8_t, kRtpHeaderSize>(packet.data(), kRtpHeaderSize));
    packet.insert(packet.end(), payload.begin(), payload.end());
    if (srtp_.protectRtp(packet)) ++queued_;
}

void PacketWire::addRtcp(std::vector<std::uint8_t>& compound) {
    if (compound.empty()) return;
    auto& packet = nextBuffer();
    packet.assign(compound.begin(), compound.end());
    if (srtp_.protectRtcp(packet)) ++queued_;
}

void PacketWire::flush() {
    if (queued_ == 0) return;
    batch_.clear();
    for (std::size_t i = 0; i < queued_; ++i) batch_.emplace_back(buffers_[i]);
    const std::size_t sent = ice_.send(batch_);
    for (std::size_t i = 0; i < sent; ++i) counters_.bytes.add(buffers_[i].size());
    counters_.packets.add(sent);
    std::rotate(buffers_.begin(), buffers_.begin() + static_cast<std::ptrdiff_t>(sent), buffers_.end());
    queued_ -= sent;
    if (queued_ > kMaxWaiting) {
        counters_.dropped.add(queued_);
        queued_ = 0;
        onOverflow_();
    }
    if (queued_ > 0) {
        retryTimer_ = loop_.after(kRetryInterval, [this] { flush(); });
    } else {
        retryTimer_.stop();
    }
}

}  // namespace tessera
