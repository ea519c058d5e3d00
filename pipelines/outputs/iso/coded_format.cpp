#include "pipelines/outputs/iso/coded_format.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "pipelines/codecs/h264_bitstream.h"

namespace tessera {
namespace {

constexpr int kSmallestSide = 16;
constexpr std::int64_t kMostPixels = 8192LL * 4608;
constexpr std::array<std::uint8_t, 4> kStartCode{0, 0, 0, 1};

/// Stereo at 48 kHz. Without pre-skip, since a file does not begin with the encoder. @source RFC 7845 section 5.1
constexpr std::array<std::uint8_t, 19> kOpusHead{'O', 'p', 'u',  's',  'H', 'e', 'a', 'd', 1, 2,
                                                 0,   0,   0x80, 0xBB, 0,   0,   0,   0,   0};
constexpr std::size_t kPreSkipAt = 10;

/// @source ITU-T H.264 table 7-1 (7 SPS, 8 PPS, 13 SPS extension), ITU-T H.265 table 7-1 (32 VPS, 33 SPS, 34 PPS)
bool isParameterSet(const std::string& codec, std::uint8_t first) {
    const int h264 = first & 0x1f, hevc = (first >> 1U) & 0x3f;
    return codec == "hevc" ? hevc >= 32 && hevc <= 34 : h264 == 7 || h264 == 8 || h264 == 13;
}

std::vector<std::uint8_t> parameterSets(const std::string& codec, std::span<const std::uint8_t> accessUnit) {
    std::vector<std::uint8_t> sets;
    for (const NalUnit& unit : splitAnnexB(accessUnit)) {
        if (!isParameterSet(codec, unit.bytes[0])) continue;
        sets.insert(sets.end(), kStartCode.begin(), kStartCode.end());
        sets.insert(sets.end(), unit.bytes.begin(), unit.bytes.end());
    }
    return sets;
}

std::vector<std::uint8_t> opusHead(const std::vector<std::uint8_t>* configuration) {
    std::vector<std::uint8_t> head(kOpusHead.begin(), kOpusHead.end());
    if (configuration != nullptr && configuration->size() >= head.size()) head = *configuration;
    head[kPreSkipAt] = head[kPreSkipAt + 1] = 0;
    return head;
}

AVCodecID idOf(const std::string& codec) {
    const AVCodecDescriptor* descriptor = avcodec_descriptor_get_by_name(codec.c_str());
    return descriptor == nullptr ? AV_CODEC_ID_NONE : descriptor->id;
}

template <typename Owner>
void setExtradata(Owner& owner, const std::vector<std::uint8_t>& bytes) {
    if (bytes.empty()) return;
    owner.extradata = static_cast<std::uint8_t*>(av_mallocz(bytes.size() + AV_INPUT_BUFFER_PADDING_SIZE));
    std::memcpy(owner.extradata, bytes.data(), bytes.size());
    owner.extradata_size = static_cast<int>(bytes.size());
}

Status decodeFirst(AVCodecContext& decoder, const CodedUnit& unit) {
    const AvPacketPtr packet(av_packet_alloc());
    if (av_new_packet(packet.get(), static_cast<int>(unit.bytes.size())) < 0) return internalError("out of memory");
    std::memcpy(packet->data, unit.bytes.data(), unit.bytes.size());
    packet->flags |= AV_PKT_FLAG_KEY;
    const AvFramePtr frame(av_frame_alloc());
    const bool isTaken = avcodec_send_packet(&decoder, packet.get()) >= 0;
    avcodec_send_packet(&decoder, nullptr);
    if (!isTaken || avcodec_receive_frame(&decoder, frame.get()) < 0) {
        return invalidArgument("a keyframe cannot be decoded");
    }
    if (frame->width < kSmallestSide || frame->height < kSmallestSide)
        return invalidArgument("the picture is too small");
    return kOk;
}

Result<AvParametersPtr> describeVideo(const CodedFormat& format, const CodedUnit& unit) {
    const AVCodec* codec = avcodec_find_decoder(idOf(format.codec));
    if (codec == nullptr) return unsupported("video of " + format.codec + " is not known here");
    const AvCodecContextPtr decoder(avcodec_alloc_context3(codec));
    setExtradata(*decoder, format.extradata);
    decoder->thread_count = 1;
    decoder->max_pixels = kMostPixels;
    if (avcodec_open2(decoder.get(), codec, nullptr) < 0) return unsupported(format.codec + " cannot be decoded");
    TESSERA_TRY(decodeFirst(*decoder, unit));
    AvParametersPtr parameters(avcodec_parameters_alloc());
    if (avcodec_parameters_from_context(parameters.get(), decoder.get()) < 0) return internalError("out of memory");
    parameters->codec_tag = 0;
    return parameters;
}

Result<AvParametersPtr> describeAudio(const CodedFormat& format) {
    AvParametersPtr parameters(avcodec_parameters_alloc());
    parameters->codec_type = AVMEDIA_TYPE_AUDIO;
    parameters->codec_id = idOf(format.codec);
    if (parameters->codec_id == AV_CODEC_ID_NONE) return unsupported("sound of " + format.codec + " is not known here");
    parameters->sample_rate = format.sampleRate;
    av_channel_layout_default(&parameters->ch_layout, std::max(1, format.channels));
    setExtradata(*parameters, format.extradata);
    return parameters;
}

}  // namespace

CodedFormat formatOf(const CodedUnit& unit, const CodedFormat* before) {
    CodedFormat format{.codec = std::string(unit.codec)};
    if (unit.configuration) format.extradata = *unit.configuration;
    if (unit.kind == MediaKind::Audio) {
        format.sampleRate = unit.sampleRate;
        format.channels = unit.channels;
        if (unit.codec == "opus") format.extradata = opusHead(unit.configuration.get());
        return format;
    }
    const bool hasRecord = !format.extradata.empty() && format.extradata[0] == 1;
    if ((unit.codec != "h264" && unit.codec != "hevc") || hasRecord) return format;
    auto own = parameterSets(format.codec, unit.bytes);
    if (!own.empty()) {
        format.extradata = std::move(own);
    } else if (before != nullptr && before->codec == format.codec) {
        format.extradata = before->extradata;
    }
    return format;
}

Result<AvParametersPtr> describeFormat(const CodedFormat& format, const CodedUnit& unit) {
    initAv();
    const AVOutputFormat* container = av_guess_format("matroska", nullptr, nullptr);
    if (avformat_query_codec(container, idOf(format.codec), FF_COMPLIANCE_NORMAL) != 1) {
        return unsupported("Matroska does not hold " + format.codec);
    }
    return unit.kind == MediaKind::Video ? describeVideo(format, unit) : describeAudio(format);
}

std::optional<std::pair<int, int>> vp8Size(std::span<const std::uint8_t> keyframe) {
    if (keyframe.size() < 10 || (keyframe[0] & 1U) != 0) return std::nullopt;
    if (keyframe[3] != 0x9d || keyframe[4] != 0x01 || keyframe[5] != 0x2a) return std::nullopt;
    const auto side = [keyframe](std::size_t at) { return (keyframe[at + 1] & 0x3f) << 8 | keyframe[at]; };
    return std::pair(side(6), side(8));
}

std::optional<AdtsFrame> parseAdts(std::span<const std::uint8_t> bytes) {
    if (bytes.size() < 7 || bytes[0] != 0xff || (bytes[1] & 0xf6) != 0xf0) return std::nullopt;
    const unsigned profile = bytes[2] >> 6U, rate = (bytes[2] >> 2U) & 0xfU;
    const unsigned channels = (bytes[2] & 1U) << 2U | bytes[3] >> 6U;
    const std::size_t size = (bytes[3] & 3U) << 11U | static_cast<unsigned>(bytes[4]) << 3U | bytes[5] >> 5U;
    const std::size_t header = (bytes[1] & 1U) != 0 ? 7 : 9;  // with a check sum
    if (size <= header || size > bytes.size() || (bytes[6] & 3U) != 0 || rate > 12) return std::nullopt;
    const unsigned objectType = profile + 1;
    return AdtsFrame{bytes.subspan(header, size - header),
                     {static_cast<std::uint8_t>(objectType << 3U | rate >> 1U),
                      static_cast<std::uint8_t>((rate & 1U) << 7U | channels << 3U)}};
}

}  // namespace tessera
