#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "mcu/base/time.h"

namespace tessera {

/// Decides which pictures of a still view are worth an encode: all of the first second, in which the encoder brings the
/// picture to its final quality, then two a second, so that receivers and muxers see that the stream lives.
/// @thread the encoder's
class StillGate {
public:
    static constexpr Duration kRefine = std::chrono::seconds(1);
    static constexpr Duration kInterval = std::chrono::milliseconds(500);

    /// Encoders count their keyframe interval in pictures, so a still view has few; never fewer than one in this time.
    static constexpr Duration kKeyframe = std::chrono::seconds(10);

    explicit StillGate(Duration keyframeInterval) : keyframeInterval_(std::max(keyframeInterval, kKeyframe)) {}

    /// @param id   of the picture; the same as before = nothing has changed
    /// @param pts  of the picture
    /// @return     whether it may be left out; if not, it counts as encoded
    bool skips(std::uint64_t id, MediaTime pts) {
        if (id != id_) {
            id_ = id;
            changed_ = pts;
        }
        const bool isStill = pts - changed_ >= kRefine && pts >= changed_;
        if (isStill && pts >= encoded_ && pts - encoded_ < kInterval) return true;
        encoded_ = pts;
        return false;
    }

    /// The picture is encoded although `skips` left it out.
    void onForced(MediaTime pts) { encoded_ = pts; }

    void onKeyframe(MediaTime pts) { keyframe_ = pts; }

    /// @return whether the picture shall be forced to be a keyframe, for want of one
    bool needsKeyframe(MediaTime pts) const { return keyframe_ && pts - *keyframe_ >= keyframeInterval_; }

private:
    Duration keyframeInterval_;
    std::uint64_t id_ = 0;
    MediaTime changed_{};
    MediaTime encoded_{};
    std::optional<MediaTime> keyframe_;
};

}  // namespace tessera
