#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "mcu/base/sync.h"
#include "mcu/media/video_frame.h"

namespace tessera {

/// A picture that its only holder may write, until it is published as a FramePtr.
struct WritableFrame {
    std::shared_ptr<VideoFrame> frame;
    std::array<std::uint8_t*, 3> data{};  ///< the planes of `frame`, writable

    /// Publishes the picture; nobody writes it any more.
    FramePtr publish() && { return std::move(frame); }
};

/// Reuses the memory of I420 host pictures of one size, last in first out, so that a warm picture is written again.
/// A picture returns to its pool when its last holder lets go, on that holder's thread; the pool may be gone by then.
class FramePool {
public:
    explicit FramePool(Size size);

    /// @return a picture with undefined content; strides are multiples of 64 bytes, planes 64-byte aligned
    /// @thread any; allocates only while more pictures are in use than ever before
    WritableFrame take();

    /// The same picture at another time, sharing its memory.
    /// @thread any; allocates as `take` does
    FramePtr repeat(const VideoFrame& frame, MediaTime pts);

    Size size() const { return size_; }

private:
    struct Buffer;
    struct Loan;
    struct Shelf;

    // State
    Size size_;
    std::shared_ptr<Shelf> shelf_;
};

}  // namespace tessera
