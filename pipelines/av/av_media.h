#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "mcu/media/frame_pool.h"

#include "pipelines/av/av_ptr.h"

struct SwrContext;
struct SwsContext;

namespace tessera {

/// Turns FFmpeg's pictures into ours: 4:2:0 planar of square pixels is wrapped without a copy, everything
/// else is converted.
class AvPictureConverter {
public:
    AvPictureConverter() = default;
    ~AvPictureConverter();
    AvPictureConverter(const AvPictureConverter&) = delete;
    AvPictureConverter& operator=(const AvPictureConverter&) = delete;

    /// @param frame  host memory
    /// @return       I420 without pts; matrix and range as the frame says, else BT.601 below 720 lines and BT.709 from
    ///               there, limited; null when it cannot be converted
    std::shared_ptr<VideoFrame> convert(AvFramePtr frame);

private:
    std::shared_ptr<VideoFrame> scale(const AVFrame& frame);

    SwsContext* scaler_ = nullptr;
    std::unique_ptr<FramePool> pool_;
};

/// Turns FFmpeg's sound into 48 kHz interleaved stereo.
class AvSoundConverter {
public:
    AvSoundConverter() = default;
    ~AvSoundConverter();
    AvSoundConverter(const AvSoundConverter&) = delete;
    AvSoundConverter& operator=(const AvSoundConverter&) = delete;

    /// @param delay  set to how much older the first output sample is than the frame's first
    /// @return       empty when it cannot be converted
    std::vector<float> convert(const AVFrame& frame, Duration& delay);

    /// Forgets what the resampler holds, as before a jump in time.
    void reset();

private:
    SwrContext* resampler_ = nullptr;
    int rate_ = 0, channels_ = 0, format_ = -1;  ///< of what the resampler was made for
};

}  // namespace tessera
