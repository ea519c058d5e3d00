#include "pipelines/raster/image_file.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <span>
#include <vector>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libswscale/swscale.h>
}

#include "mcu/base/folder_file.h"

#include "pipelines/av/av_media.h"
#include "pipelines/av/av_ptr.h"
#include "pipelines/raster/overlay_conversion.h"

namespace tessera {
namespace {

constexpr std::streamoff kLargestFile = 64 << 20;

struct FreedScaler {
    void operator()(SwsContext* scaler) const { sws_freeContext(scaler); }
};
using ScalerPtr = std::unique_ptr<SwsContext, FreedScaler>;

/// Premultiplied 0xAARRGGBB.
struct Pixels {
    Size size;
    std::vector<std::uint32_t> values;
};

Error notAnImage(const std::string& path) {
    const std::string name = std::filesystem::path(path).filename().string();
    return invalidArgument(name + " is not a PNG or JPEG image of at most 4096 pixels a side", "image");
}

/// @source RFC 2083 section 3.1 (PNG signature); ITU-T T.81 table B.1 (SOI)
AVCodecID codecOf(const std::vector<std::uint8_t>& bytes) {
    constexpr std::uint8_t kPng[] = {0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A};
    constexpr std::uint8_t kJpeg[] = {0xFF, 0xD8, 0xFF};
    const auto begins = [&bytes](std::span<const std::uint8_t> with) {
        return bytes.size() > with.size() && std::equal(with.begin(), with.end(), bytes.begin());
    };
    if (begins(kPng)) return AV_CODEC_ID_PNG;
    return begins(kJpeg) ? AV_CODEC_ID_MJPEG : AV_CODEC_ID_NONE;
}

Result<std::vector<std::uint8_t>> readBytes(const std::string& path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file) return notFound("there is no file " + path);
    const std::streamoff size = file.tellg();
    if (size <= 0 || size > kLargestFile) return notAnImage(path);
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size));
    file.seekg(0);
    if (!file.read(reinterpret_cast<char*>(bytes.data()), size)) return notAnImage(path);
    return bytes;
}

Result<AvFramePtr> decode(const std::string& path) {
    initAv();
    auto bytes = readBytes(path);
    if (!bytes) return bytes.error();
    const AVCodec* codec = avcodec_find_decoder(codecOf(*bytes));
    if (codec == nullptr) return notAnImage(path);
    const AvCodecContextPtr decoder(avcodec_alloc_context3(codec));
    decoder->thread_count = 1;
    decoder->max_pixels = static_cast<std::int64_t>(kLargestImageSide) * kLargestImageSide;
    const AvPacketPtr packet(av_packet_alloc());
    if (avcodec_open2(decoder.get(), codec, nullptr) < 0) return notAnImage(path);
    if (av_new_packet(packet.get(), static_cast<int>(bytes->size())) < 0) return notAnImage(path);
    std::memcpy(packet->data, bytes->data(), bytes->size());
    AvFramePtr frame(av_frame_alloc());
    const bool isDecoded = avcodec_send_packet(decoder.get(), packet.get()) >= 0 &&
                           avcodec_send_packet(decoder.get(), nullptr) >= 0 &&
                           avcodec_receive_frame(decoder.get(), frame.get()) >= 0;
    if (!isDecoded || std::max(frame->width, frame->height) > kLargestImageSide) return notAnImage(path);
    return frame;
}

/// @param flags  of swscale: how to scale
bool convert(const AVFrame& from, Pixels& to, int flags) {
    const ScalerPtr scaler(sws_getContext(from.width, from.height, static_cast<AVPixelFormat>(from.format),
                                          to.size.width, to.size.height, AV_PIX_FMT_BGRA, flags, nullptr, nullptr,
                                          nullptr));
    if (!scaler) return false;
    to.values.resize(static_cast<std::size_t>(to.size.width) * static_cast<std::size_t>(to.size.height));
    std::uint8_t* const data[] = {reinterpret_cast<std::uint8_t*>(to.values.data())};
    const int strides[] = {4 * to.size.width};
    return sws_scale(scaler.get(), from.data, from.linesize, 0, from.height, data, strides) == to.size.height;
}

void premultiply(std::vector<std::uint32_t>& values) {
    for (std::uint32_t& value : values) {
        const std::uint32_t alpha = value >> 24;
        const auto channel = [&](int shift) { return ((value >> shift & 0xFF) * alpha + 127) / 255 << shift; };
        value = alpha << 24 | channel(16) | channel(8) | channel(0);
    }
}

Size fitted(Size image, Size box) {
    const double scale =
        std::min(static_cast<double>(box.width) / image.width, static_cast<double>(box.height) / image.height);
    const auto even = [scale](int length, int most) {
        return std::clamp(2 * static_cast<int>(length * scale / 2 + 0.5), 2, most / 2 * 2);
    };
    return {even(image.width, box.width), even(image.height, box.height)};
}

}  // namespace

Result<std::string> findImage(const std::string& folder, const std::string& name) {
    return findInFolder(folder, name, "image");
}

Result<FramePtr> readPicture(const std::string& path) {
    auto frame = decode(path);
    if (!frame) return frame.error();
    AvPictureConverter converter;
    auto picture = converter.convert(std::move(frame).value());
    if (!picture) return invalidArgument("a background image has at least 16 pixels a side", "image");
    return FramePtr(std::move(picture));
}

Result<OverlayPtr> readOverlay(const std::string& path, Size box) {
    auto frame = decode(path);
    if (!frame) return frame.error();
    Pixels whole{{(*frame)->width, (*frame)->height}, {}};
    if (!convert(**frame, whole, SWS_BICUBIC | SWS_ACCURATE_RND)) return notAnImage(path);
    premultiply(whole.values);
    AVFrame premultiplied{};
    premultiplied.width = whole.size.width;
    premultiplied.height = whole.size.height;
    premultiplied.format = AV_PIX_FMT_BGRA;
    premultiplied.data[0] = reinterpret_cast<std::uint8_t*>(whole.values.data());
    premultiplied.linesize[0] = 4 * whole.size.width;
    Pixels scaled{fitted(whole.size, box), {}};
    if (!convert(premultiplied, scaled, SWS_BICUBIC | SWS_ACCURATE_RND)) return notAnImage(path);
    return toOverlay(scaled.values, scaled.size);
}

}  // namespace tessera
