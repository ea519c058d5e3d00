#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "mcu/base/result.h"
#include "mcu/media/video_frame.h"

namespace tessera {

/// One encoded picture.
struct EncodedPicture {
    std::span<const std::uint8_t> bytes;  ///< borrowed for the call
    MediaTime pts{};                      ///< of the picture that it was made from
    bool keyframe = false;
};

/// Encodes pictures of one size on the caller's thread.
/// @thread one at a time
class PictureEncoder {
public:
    using OnEncoded = std::function<void(const EncodedPicture&)>;

    virtual ~PictureEncoder() = default;

    /// Encodes; what comes out is handed over before this returns, or by a later call when the encoder delays.
    /// @param frame  of any memory
    /// @error internal, device: the encoder is of no use any more
    virtual Status encode(const FramePtr& frame, bool keyframe) = 0;
};

}  // namespace tessera
