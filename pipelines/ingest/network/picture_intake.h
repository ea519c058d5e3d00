#pragma once

#include <memory>

#include "mcu/base/result.h"

#include "pipelines/av/av_media.h"
#include "pipelines/ingest/network/deinterlacer.h"

namespace tessera {

/// The largest picture that is taken, in either orientation.
inline constexpr Size kLargestSourcePicture{4096, 2304};

/// What a decoder may be brought to make memory for: above what is taken, so that a picture which grows is refused with
/// its size, and not so far that it fills the machine.
inline constexpr std::int64_t kMostDecodedPixels = 2LL * kLargestSourcePicture.width * kLargestSourcePicture.height;

/// @error unsupported: more than kLargestSourcePicture
Status checkSize(Size size);

/// @error unsupported: a transfer function of high dynamic range (PQ or HLG). @source ITU-R BT.2100
Status checkTransfer(int transfer);

/// Makes pictures of ours of decoded ones: whole pictures of interlaced ones, square pixels, and turned as they are to
/// be shown. Not thread-safe.
class PictureIntake {
public:
    /// @param stream  that the picture belongs to; borrowed for the call
    /// @return        null when it cannot be converted
    /// @error unsupported: HDR (PQ or HLG), or larger than kLargestSourcePicture
    Result<std::shared_ptr<VideoFrame>> take(AvFramePtr frame, AVFormatContext& format, AVStream& stream);
    void reset() { deinterlacer_.reset(); }

private:
    AvPictureConverter converter_;
    Deinterlacer deinterlacer_;
};

}  // namespace tessera
