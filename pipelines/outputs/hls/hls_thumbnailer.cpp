#include "pipelines/outputs/hls/hls_thumbnailer.h"

#include <utility>

#include "pipelines/codecs/software_video_decoder.h"
#include "pipelines/raster/image_encoder.h"

namespace tessera {

HlsBytes HlsThumbnailer::take(const Packet& packet) {
    const bool isDue = !last_ || packet.pts - *last_ >= every_;
    if (packet.kind != MediaKind::Video || !packet.keyframe || !isDue) return nullptr;
    last_ = packet.pts;
    const auto decoder = createSoftwareVideoDecoder(VideoCodec::H264, *this);
    if (!decoder) return nullptr;
    (*decoder)->decode({.bytes = packet.bytes, .pts = packet.pts, .keyframe = true});
    (*decoder)->drain();
    const FramePtr picture = std::exchange(picture_, nullptr);
    if (picture == nullptr) return nullptr;
    const auto bytes = encodeImage(*picture, ImageFormat::Jpeg, width_);
    if (!bytes) return nullptr;
    return std::make_shared<const std::string>(bytes->begin(), bytes->end());
}

}  // namespace tessera
