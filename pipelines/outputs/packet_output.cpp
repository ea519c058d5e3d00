#include "pipelines/outputs/packet_output.h"

#include "mcu/base/log.h"

namespace tessera {

void PacketOutput::setKeyframeRequest(std::function<void()> request) {
    Lock lock(mutex_);
    keyframeRequest_ = std::move(request);
}

OutputStats PacketOutput::stats() const {
    Lock lock(mutex_);
    OutputStats stats = stats_;
    stats.bytes = bytes_.value();
    stats.packetsDropped = queue_.dropped();
    return stats;
}

void PacketOutput::requestKeyframe() {
    std::function<void()> request;
    {
        Lock lock(mutex_);
        request = keyframeRequest_;
    }
    if (request) request();
}

void PacketOutput::end(const Status& result, std::string_view to) {
    queue_.close();
    Lock lock(mutex_);
    stats_.state = result ? OutputState::Stopped : OutputState::Failed;
    if (result) return;
    stats_.lastError = result.error().message;
    log(LogLevel::Error, "output", "an output failed", {{"to", std::string(to)}, {"reason", stats_.lastError}});
}

}  // namespace tessera
