#pragma once

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <utility>
#include <vector>

#include "mcu/media/frame_pool.h"

#include "pipelines/codecs/video_encoder.h"
#include "tests/support/packet_collector.h"

namespace tessera {

/// A picture of one grey, its chroma with it.
inline FramePtr greyPicture(Size size, int value, MediaTime pts) {
    WritableFrame frame = FramePool(size).take();
    for (std::size_t plane = 0; plane < 3; ++plane) {
        const int rows = plane == 0 ? size.height : chromaSize(size).height;
        std::memset(frame.data[plane], value, static_cast<std::size_t>(frame.frame->planes[plane].stride * rows));
    }
    frame.frame->pts = pts;
    return std::move(frame).publish();
}

/// Grey pictures at 30 fps, encoded in software with a keyframe every half second.
/// @param first  tick of the first picture
inline std::vector<PacketPtr> encodedGrey(VideoCodec codec, Size size, int value, std::int64_t first,
                                          std::int64_t count) {
    constexpr FrameRate kRate{30, 1};
    PacketCollector collector;
    VideoEncodeSpec spec;
    spec.codec = codec;
    spec.size = size;
    spec.bitrateKbps = 300;
    spec.keyframeIntervalMs = 500;
    auto encoder = createVideoEncoder(spec, collector);
    BOOST_REQUIRE(encoder.ok());
    for (std::int64_t i = 0; i < count; ++i) {
        (*encoder)->offer(greyPicture(size, value, MediaTime(kRate.tickTime(first + i))));
        BOOST_REQUIRE(collector.waitFor(static_cast<std::size_t>(i) + 1));
    }
    return collector.packets();
}

}  // namespace tessera
