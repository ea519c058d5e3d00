#include "mcu/meeting/audio_switch.h"

#include <utility>

namespace tessera {
namespace {

/// Less than any packet is long, more than times are rounded by.
constexpr Duration kTolerance = std::chrono::milliseconds(1);

}  // namespace

class AudioSwitch::Input final : public PacketSink {
public:
    explicit Input(std::shared_ptr<AudioSwitch> owner) : owner_(std::move(owner)) {}
    void offer(PacketPtr packet) override { owner_->take(this, std::move(packet)); }

private:
    std::shared_ptr<AudioSwitch> owner_;
};

std::shared_ptr<PacketSink> AudioSwitch::begin() {
    auto input = std::make_shared<Input>(shared_from_this());
    Lock lock(mutex_);
    next_ = input.get();
    held_.clear();
    settled_ = false;
    return input;
}

void AudioSwitch::take(const Input* input, PacketPtr packet) {
    {
        Lock lock(mutex_);
        if (input == next_) {
            if (hasPassed_ && packet->sequence < kWarmPackets) return;
            held_.push_back(std::move(packet));
            tryHandOver(held_.size() > kMostHeld);
        } else if (input == current_) {
            passOn(std::move(packet));
            if (next_ != nullptr) tryHandOver(false);
        }
    }
    drain();
}

void AudioSwitch::passOn(PacketPtr packet) {
    end_ = packet->pts + packet->duration;
    hasPassed_ = true;
    leaving_.push_back(std::move(packet));
}

/// @param isDue  the old rendition is not waited for any longer
void AudioSwitch::tryHandOver(bool isDue) {
    bool isAbreast = false;  // the new one has ended where the old one has: what it gives next is what is to be heard
    while (hasPassed_ && !held_.empty() && held_.front()->pts + kTolerance < end_) {
        isAbreast = held_.front()->pts + held_.front()->duration + kTolerance >= end_;
        held_.pop_front();
    }
    if (held_.empty() && !isAbreast) return;
    if (hasPassed_ && !isDue && !held_.empty() && held_.front()->pts > end_ + kTolerance) return;
    for (auto& packet : std::exchange(held_, {})) passOn(std::move(packet));
    current_ = std::exchange(next_, nullptr);
    settled_ = true;
}

/// Offers without the lock, and in order although two encoders' threads may come at once.
void AudioSwitch::drain() {
    for (;;) {
        PacketPtr packet;
        {
            Lock lock(mutex_);
            if (isLeaving_ || leaving_.empty()) return;
            isLeaving_ = true;
            packet = std::move(leaving_.front());
            leaving_.pop_front();
        }
        to_->offer(std::move(packet));
        Lock lock(mutex_);
        isLeaving_ = false;
    }
}

}  // namespace tessera
