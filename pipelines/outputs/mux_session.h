#pragma once

#include <deque>
#include <memory>

#include "pipelines/outputs/muxer.h"

namespace tessera {

/// One container from its first keyframe to its trailer. It begins at the first video keyframe (or, without video, at
/// the first sound), which is time 0 of both tracks; earlier sound is left out.
/// @thread one at a time
class MuxSession {
public:
    /// @param spec, target  outlive the session
    MuxSession(const MuxSpec& spec, MuxTarget& target) : spec_(spec), target_(target) {}

    /// Adds a packet; those of kinds that the container does not hold are left out.
    /// @error as Muxer; nothing more can be written then
    Status write(const PacketPtr& packet);
    /// Closes the open fragment, if there is one.
    Status flush();
    /// Writes the trailer, if the container has begun. Nothing can follow.
    Status finish();

    bool hasBegun() const { return muxer_ != nullptr; }
    /// Of the media that was written.
    Duration duration() const { return duration_; }

private:
    Status begin(const PacketPtr& packet);
    Status append(const Packet& packet);

    // Borrowed
    const MuxSpec& spec_;
    MuxTarget& target_;
    // Owned
    std::unique_ptr<Muxer> muxer_;
    std::deque<PacketPtr> held_;
    // State
    MediaTime origin_{};
    MediaTime fragmentBegin_{};
    Duration duration_{};
    bool isFlushed_ = true;
};

}  // namespace tessera
