#pragma once

#include <array>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mcu/meeting/media_factory.h"

#include "gpu/cuda_device.h"
#include "pipelines/codecs/picture_encoder.h"
#include "pipelines/gst/element_property.h"

namespace tessera {

/// One row of the video encoder catalog: an encoder and how it is set for a live, single-slice stream without B-frames
/// whose keyframes carry everything that a decoder needs.
struct VideoEncoderRow {
    std::string_view name;  ///< "x264"
    VideoCodec codec;
    const char* element;  ///< of GStreamer, or an encoder of libavcodec
    std::string_view summary;
    std::string_view outputCaps;  ///< what the element must produce
    std::vector<ElementProperty> (*properties)(const VideoEncodeSpec&);
    Result<std::unique_ptr<PictureEncoder>> (*create)(const VideoEncoderRow&, const VideoEncodeSpec&,
                                                      const std::shared_ptr<CudaDevice>&, PictureEncoder::OnEncoded);
    bool isOnDevice = false;  ///< works on a GPU: may have no session left, and may be lost
};

class AudioFrameEncoder;

/// One row of the audio encoder catalog. Output packet n of a stream holds, decoded, the input samples
/// [n*frameSamples - delaySamples, (n+1)*frameSamples - delaySamples).
struct AudioEncoderRow {
    std::string_view name;  ///< "opus"
    AudioCodec codec;
    const char* element;  ///< of GStreamer, or the library's name
    std::string_view summary;
    std::string_view inputCaps;
    std::string_view outputCaps;
    int frameSamples;  ///< per packet and channel, at 48 kHz
    int delaySamples;  ///< of the encoder's transform and resampler, at 48 kHz
    std::vector<ElementProperty> (*properties)(const AudioEncodeSpec&);  ///< of the element
    Result<std::unique_ptr<AudioFrameEncoder>> (*create)(const AudioEncoderRow&, const AudioEncodeSpec&,
                                                         std::function<void(std::span<const std::uint8_t>)> onEncoded);
};

/// The one table of encoders; of two rows for one codec the earlier is preferred.
std::span<const VideoEncoderRow> videoEncoderCatalog();
std::span<const AudioEncoderRow> audioEncoderCatalog();

/// What this machine can do with a row; found out by encoding something.
struct EncoderAvailability {
    std::string name;     ///< of the row
    std::string kind;     ///< video | audio
    std::string codec;    ///< h264 | vp8 | opus | aac
    std::string element;  ///< of GStreamer, or a library
    std::string summary;
    bool available = false;
    std::string reason;  ///< why it is not available; else empty
};

/// Tries every row. Takes some 100 ms.
/// @param device  what rows on a GPU are tried on; null = they are not available
/// @thread any but tick threads
std::vector<EncoderAvailability> probeEncoders(const std::shared_ptr<CudaDevice>& device = nullptr);

/// AudioSpecificConfig of every AAC rendition: AAC-LC, 48 kHz, stereo, 1024 samples per frame.
/// @source ISO/IEC 14496-3 section 1.6.2.1: object type 2, sampling frequency index 3, channel configuration 2
inline constexpr std::array<std::uint8_t, 2> kAacSpecificConfig{0x11, 0x90};

}  // namespace tessera
