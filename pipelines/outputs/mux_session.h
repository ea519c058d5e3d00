#pragma once

#include <deque>
#include <memory>
#include <optional>

#include "mcu/base/stats.h"

#include "pipelines/outputs/muxer.h"

namespace tessera {

/// One container from its first keyframe to its trailer. It begins at the first video keyframe (or, without video, at
/// the first sound), which is time 0 of both tracks; earlier sound is left out.
/// @thread one at a time
class MuxSession {
public:
    /// Where the container's time and the meeting's meet; both run on together from there.
    struct Anchor {
        Duration position{};  ///< in the container
        MediaTime meeting{};
        auto operator<=>(const Anchor&) const = default;
    };

    /// @param spec, target, bytes  outlive the session
    /// @param bytes  counts what is given to the target; of a format that connects on its own, what it is given
    MuxSession(const MuxSpec& spec, MuxTarget& target, Counter& bytes)
        : spec_(spec), target_(target, bytes), bytes_(bytes) {}

    /// Adds a packet; those of kinds that the container does not hold are left out.
    /// @error as Muxer; nothing more can be written then
    Status write(const PacketPtr& packet);
    /// Leaves out what begins from now on; sound of pictures that are there is still taken.
    Status pause();
    /// Goes on with the next keyframe, which follows without a gap on what has been written.
    void resume() { isPaused_ = false; }
    /// Closes the open fragment, if there is one.
    Status flush();
    /// Writes the trailer, if the container has begun. Nothing can follow.
    Status finish();

    bool hasBegun() const { return muxer_ != nullptr; }
    /// The newest; of use once it has begun.
    const Anchor& anchor() const { return anchor_; }
    /// Of the media that was written.
    Duration duration() const { return duration_; }

private:
    /// Counts what goes to the real target.
    struct CountingTarget final : MuxTarget {
        CountingTarget(MuxTarget& target, Counter& count) : to(target), bytes(count) {}
        Status write(std::span<const std::uint8_t> some) override {
            TESSERA_TRY(to.write(some));
            bytes.add(some.size());
            return kOk;
        }
        Status onFragment() override { return to.onFragment(); }
        Status close() override { return to.close(); }
        const Interrupt* interrupt() const override { return to.interrupt(); }
        MuxTarget& to;
        Counter& bytes;
    };

    Status wait(const PacketPtr& packet);
    Status begin(const Packet& first);
    Status goOn(const Packet& first);
    Status append(const Packet& packet);
    MediaTime origin() const { return anchor_.meeting - anchor_.position; }

    // Borrowed
    const MuxSpec& spec_;
    CountingTarget target_;
    Counter& bytes_;
    // Owned
    std::unique_ptr<Muxer> muxer_;
    std::deque<PacketPtr> held_;
    // State
    bool isWaiting_ = true;  ///< for a keyframe
    bool isPaused_ = false;
    Anchor anchor_;
    MediaTime fragmentBegin_{};
    Duration duration_{};
    bool isFlushed_ = true;
};

}  // namespace tessera
