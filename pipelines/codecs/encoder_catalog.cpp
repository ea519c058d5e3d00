#include "pipelines/codecs/encoder_catalog.h"

#include <algorithm>

#include "pipelines/codecs/audio_encoder.h"
#include "pipelines/codecs/audio_frame_encoder.h"
#include "pipelines/codecs/element_picture_encoder.h"
#include "pipelines/codecs/nvenc_picture_encoder.h"
#include "pipelines/codecs/video_encoder.h"

namespace tessera {
namespace {

std::string keyframeDistance(const VideoEncodeSpec& spec) {
    const double frames = spec.rate.toDouble() * spec.keyframeIntervalMs / 1000;
    return std::to_string(std::max(1, static_cast<int>(frames + 0.5)));
}

/// One thread up to 1080p30, so that no frame of delay is added; more only where one core cannot keep up.
std::string threads(const VideoEncodeSpec& spec) {
    const double pixelsPerSecond = spec.rate.toDouble() * spec.size.width * spec.size.height;
    return pixelsPerSecond <= 1920.0 * 1088 * 30 ? "1" : pixelsPerSecond <= 1920.0 * 1088 * 60 ? "2" : "4";
}

/// Sliced threads are off since browsers stutter on several slices per picture. A VBV of 600 ms keeps a keyframe within
/// what a receiver's pacing takes; scene cuts are coded without extra keyframes, so that their cadence is the asked
/// one.
std::vector<ElementProperty> x264Properties(const VideoEncodeSpec& spec) {
    return {{"tune", "zerolatency"},
            {"speed-preset", "superfast"},
            {"sliced-threads", "false"},
            {"threads", threads(spec)},
            {"bframes", "0"},
            {"cabac", "false"},
            {"dct8x8", "false"},
            {"key-int-max", keyframeDistance(spec)},
            {"bitrate", std::to_string(spec.bitrateKbps)},
            {"vbv-buf-capacity", "600"},
            {"byte-stream", "true"},
            {"aud", "false"},
            {"option-string", "scenecut=0:open-gop=0"}};
}

/// `delay` and `zerolatency` give each picture out at once; forced keyframes are IDR pictures.
/// @source NVENC Video Encoder API programming guide, low-latency use cases
std::vector<ElementProperty> nvencProperties(const VideoEncodeSpec& spec) {
    return {{"preset", "p4"},     {"tune", "ull"},     {"rc", "cbr"},        {"delay", "0"},
            {"zerolatency", "1"}, {"forced-idr", "1"}, {"no-scenecut", "1"}, {"g", keyframeDistance(spec)}};
}

std::vector<ElementProperty> h264NvencProperties(const VideoEncodeSpec& spec) {
    auto properties = nvencProperties(spec);
    properties.push_back({"profile", "baseline"});
    return properties;
}

std::vector<ElementProperty> openh264Properties(const VideoEncodeSpec& spec) {
    const std::string bitsPerSecond = std::to_string(spec.bitrateKbps * 1000);
    return {{"usage-type", "camera"},
            {"complexity", "low"},
            {"rate-control", "bitrate"},
            {"bitrate", bitsPerSecond},
            {"enable-frame-skip", "false"},
            {"scene-change-detection", "false"},
            {"slice-mode", "n-slices"},
            {"num-slices", "1"},
            {"multi-thread", "1"},
            {"qp-min", "12"},
            {"qp-max", "45"},
            {"gop-size", keyframeDistance(spec)}};
}

/// A negative cpu-used is a fixed speed, so that quality does not follow the machine's load.
std::vector<ElementProperty> vp8Properties(const VideoEncodeSpec& spec) {
    return {{"deadline", "1"},
            {"cpu-used", "-12"},
            {"threads", threads(spec)},
            {"token-partitions", "1"},
            {"lag-in-frames", "0"},
            {"error-resilient", "default"},
            {"keyframe-max-dist", keyframeDistance(spec)},
            {"end-usage", "cbr"},
            {"target-bitrate", std::to_string(spec.bitrateKbps * 1000)},
            {"buffer-initial-size", "500"},
            {"buffer-optimal-size", "600"},
            {"buffer-size", "1000"},
            {"undershoot", "100"},
            {"overshoot", "15"},
            {"max-intra-bitrate", "600"},
            {"min-quantizer", "2"},
            {"max-quantizer", "56"},
            {"static-threshold", "1"},
            {"resize-allowed", "false"},
            {"dropframe-threshold", "0"}};
}

/// `aac-ms`, which GStreamer sets unless told otherwise, does not choose mid and side coding where it pays but
/// everywhere, and so makes left and right alike.
std::vector<ElementProperty> aacProperties(const AudioEncodeSpec& spec) {
    return {{"bitrate", std::to_string(spec.bitrateKbps * 1000)}, {"aac-coder", "fast"}, {"aac-ms", "false"}};
}

constexpr std::string_view kH264Caps =
    "video/x-h264,stream-format=byte-stream,alignment=au,profile=constrained-baseline";

constexpr VideoEncoderRow kVideoRows[] = {
    {"nvenc", VideoCodec::H264, "h264_nvenc", "H.264 baseline on an NVIDIA GPU", "", &h264NvencProperties,
     &createNvencPictureEncoder, true},
    {"x264", VideoCodec::H264, "x264enc", "H.264 constrained baseline in software: the best picture per bit", kH264Caps,
     &x264Properties, &createElementPictureEncoder},
    {"openh264", VideoCodec::H264, "openh264enc", "H.264 constrained baseline in software: the least CPU", kH264Caps,
     &openh264Properties, &createElementPictureEncoder},
    {"vp8", VideoCodec::Vp8, "vp8enc", "VP8 in software", "video/x-vp8", &vp8Properties, &createElementPictureEncoder},
    {"nvenc-hevc", VideoCodec::Hevc, "hevc_nvenc", "HEVC on an NVIDIA GPU", "", &nvencProperties,
     &createNvencPictureEncoder, true},
};

/// Opus: 20 ms, delay 2.5 ms of the transform and 4 ms of the speech layer.
/// @source libopus' OPUS_GET_LOOKAHEAD for OPUS_APPLICATION_AUDIO at 48 kHz: 120 + 192 samples
/// AAC: one frame of delay. @source ISO/IEC 14496-3 section 4.6.11: the transform overlaps the frame before
constexpr AudioEncoderRow kAudioRows[] = {
    {"opus", AudioCodec::Opus, "libopus", "Opus, 20 ms, with in-band error correction", "", "", 960, 312, nullptr,
     &createOpusEncoder},
    {"aac", AudioCodec::Aac, "avenc_aac", "AAC-LC, raw access units",
     "audio/x-raw,format=F32LE,layout=interleaved,rate=48000,channels=2,channel-mask=(bitmask)0x3",
     "audio/mpeg,mpegversion=4,stream-format=raw", 1024, 1024, &aacProperties, &createElementAudioEncoder},
};

template <typename Row>
EncoderAvailability describe(const Row& row, const char* kind, const Status& tried) {
    return {std::string(row.name),
            kind,
            std::string(toString(row.codec)),
            row.element,
            std::string(row.summary),
            tried.ok(),
            tried.ok() ? std::string() : tried.error().message};
}

}  // namespace

std::span<const VideoEncoderRow> videoEncoderCatalog() {
    return kVideoRows;
}

std::span<const AudioEncoderRow> audioEncoderCatalog() {
    return kAudioRows;
}

std::vector<EncoderAvailability> probeEncoders(const std::shared_ptr<CudaDevice>& device) {
    std::vector<EncoderAvailability> result;
    for (const auto& row : kVideoRows) result.push_back(describe(row, "video", tryVideoEncoder(row, device)));
    for (const auto& row : kAudioRows) result.push_back(describe(row, "audio", tryAudioEncoder(row)));
    return result;
}

}  // namespace tessera
