#pragma once

#include <memory>
#include <string>
#include <vector>

#include "mcu/base/snapshot.h"
#include "mcu/base/stats.h"
#include "mcu/media/sinks.h"

namespace tessera {

/// The fan-out of one encode: every packet goes to every subscriber. The encoder's thread never waits here.
/// @thread subscribe, unsubscribe: control; offer: the encoder's
class Fanout final : public PacketSink {
public:
    using Subscriber = std::shared_ptr<PacketSink>;

    void subscribe(Subscriber subscriber);
    /// The subscriber may see one more packet; the caller keeps it alive for a while (Reaper).
    /// @return false when it was not subscribed
    bool unsubscribe(const PacketSink* subscriber);
    std::size_t subscribers() const { return subscribers_.load()->size(); }

    void offer(PacketPtr packet) override;

    std::uint64_t packets() const { return packets_.value(); }
    std::uint64_t bytes() const { return bytes_.value(); }
    std::uint64_t keyframes() const { return keyframes_.value(); }

private:
    Snapshot<std::vector<Subscriber>> subscribers_;
    Counter packets_, bytes_, keyframes_;
};

}  // namespace tessera
