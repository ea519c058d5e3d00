#pragma once

#include <atomic>
#include <deque>
#include <memory>

#include "mcu/base/sync.h"
#include "mcu/media/sinks.h"

namespace tessera {

/// Moves one listener from an audio rendition to another so that it is not heard: not a packet is missing or doubled,
/// and the first packet of the new rendition comes from an encoder that already knows what came before.
///
/// Both renditions are subscribed to for a moment. The old one is passed on until the new one has a packet that begins,
/// or has had one that ends, exactly where the old one's newest ended: whichever encoder is the quicker, that is soon,
/// since encodes of equal packet length cut time alike.
/// @thread begin: control; isSettled: any; the inputs: the encoders'
class AudioSwitch : public std::enable_shared_from_this<AudioSwitch> {
public:
    /// The first packets of an encode know nothing of what came before them.
    static constexpr std::uint64_t kWarmPackets = 2;
    /// So many packets of the new rendition wait for the old one to reach them; then the old one has ended.
    static constexpr std::size_t kMostHeld = 5;

    explicit AudioSwitch(std::shared_ptr<PacketSink> to) : to_(std::move(to)) {}

    /// @return what to subscribe to the rendition that is to be heard from now on. The one before stays subscribed
    /// until
    ///         `isSettled`.
    std::shared_ptr<PacketSink> begin();

    /// True when the listener hears the rendition of the last `begin`.
    bool isSettled() const { return settled_.load(); }

private:
    class Input;

    void take(const Input* input, PacketPtr packet) EXCLUDES(mutex_);
    void passOn(PacketPtr packet) REQUIRES(mutex_);
    void tryHandOver(bool isDue) REQUIRES(mutex_);
    void drain() EXCLUDES(mutex_);

    // Shared
    std::shared_ptr<PacketSink> to_;
    // State
    std::atomic<bool> settled_{false};
    Mutex mutex_;
    const Input* current_ GUARDED_BY(mutex_) = nullptr;
    const Input* next_ GUARDED_BY(mutex_) = nullptr;
    bool hasPassed_ GUARDED_BY(mutex_) = false;
    MediaTime end_ GUARDED_BY(mutex_){};                ///< of what was passed on
    std::deque<PacketPtr> held_ GUARDED_BY(mutex_);     ///< of `next_`
    std::deque<PacketPtr> leaving_ GUARDED_BY(mutex_);  ///< in order, to be offered without the lock
    bool isLeaving_ GUARDED_BY(mutex_) = false;         ///< a thread offers them
};

}  // namespace tessera
