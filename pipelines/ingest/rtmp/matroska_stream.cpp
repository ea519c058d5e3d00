#include "pipelines/ingest/rtmp/matroska_stream.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string_view>

namespace tessera {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Codec = FlvMedia::Codec;

/// @source RFC 8794, section 11.2, and RFC 9559, section 5.1
enum Element : std::uint32_t {
    kEbml = 0x1a45dfa3,
    kDocType = 0x4282,
    kDocTypeVersion = 0x4287,
    kDocTypeReadVersion = 0x4285,
    kSegment = 0x18538067,
    kInfo = 0x1549a966,
    kTimestampScale = 0x2ad7b1,
    kTracks = 0x1654ae6b,
    kTrackEntry = 0xae,
    kTrackNumber = 0xd7,
    kTrackUid = 0x73c5,
    kTrackType = 0x83,
    kCodecId = 0x86,
    kCodecPrivate = 0x63a2,
    kAudio = 0xe1,
    kSamplingFrequency = 0xb5,
    kChannels = 0x9f,
    kCluster = 0x1f43b675,
    kTimestamp = 0xe7,
    kSimpleBlock = 0xa3,
};

constexpr std::uint64_t kVideoTrack = 1, kAudioTrack = 2;  ///< numbers, and types as RFC 9559 has them
constexpr std::uint64_t kNanosecondsPerTick = 1'000'000;

void appendId(Bytes& out, std::uint32_t id) {
    appendBigEndian(out, id, (std::bit_width(id) + 7) / 8);
}

/// An element with a size of eight bytes.
void append(Bytes& out, std::uint32_t id, std::span<const std::uint8_t> content) {
    appendId(out, id);
    out.push_back(1);
    appendBigEndian(out, 0, 3);
    appendBigEndian(out, static_cast<std::uint32_t>(content.size()), 4);
    out.insert(out.end(), content.begin(), content.end());
}

void append(Bytes& out, std::uint32_t id, std::uint64_t number) {
    Bytes content;
    appendBigEndian(content, static_cast<std::uint32_t>(number >> 32U), 4);
    appendBigEndian(content, static_cast<std::uint32_t>(number), 4);
    append(out, id, content);
}

void append(Bytes& out, std::uint32_t id, std::string_view text) {
    append(out, id, Bytes(text.begin(), text.end()));
}

std::string_view nameOf(Codec codec) {
    switch (codec) {
        case Codec::H264: return "V_MPEG4/ISO/AVC";
        case Codec::Hevc: return "V_MPEGH/ISO/HEVC";
        case Codec::Av1: return "V_AV1";
        case Codec::Vp9: return "V_VP9";
        case Codec::Aac: return "A_AAC";
        case Codec::Opus: return "A_OPUS";
        case Codec::Unknown: break;
    }
    return "";
}

struct Sound {
    std::uint32_t hz = 48'000, channels = 2;
};

/// @source ISO/IEC 14496-3, section 1.6.2.1, AudioSpecificConfig
Sound soundOfAac(std::span<const std::uint8_t> config) {
    constexpr std::array<std::uint32_t, 13> kRates{96'000, 88'200, 64'000, 48'000, 44'100, 32'000, 24'000,
                                                   22'050, 16'000, 12'000, 11'025, 8'000,  7'350};
    Sound sound;
    if (config.size() < 2) return sound;
    const std::uint32_t index = (config[0] & 7U) << 1U | config[1] >> 7U;
    if (index < kRates.size()) sound.hz = kRates[index];
    const std::uint32_t channels = config[1] >> 3U & 0xfU;
    if (channels > 0 && channels < 8) sound.channels = channels == 7 ? 8 : channels;
    return sound;
}

/// @source RFC 7845, section 5.1
Sound soundOfOpus(std::span<const std::uint8_t> config) {
    constexpr std::size_t kChannelCount = 9;
    Sound sound;
    if (config.size() > kChannelCount && config[kChannelCount] > 0) sound.channels = config[kChannelCount];
    return sound;
}

Bytes entryOf(const MatroskaTrack& track, std::uint64_t number) {
    Bytes entry;
    append(entry, kTrackNumber, number);
    append(entry, kTrackUid, number);
    append(entry, kTrackType, number);
    append(entry, kCodecId, nameOf(track.codec));
    if (track.codec != Codec::Vp9) append(entry, kCodecPrivate, track.config);  // whose private is not vpcC
    if (number == kVideoTrack) return entry;
    const Sound sound = track.codec == Codec::Aac ? soundOfAac(track.config) : soundOfOpus(track.config);
    Bytes audio, frequency;
    appendBigEndian(frequency, std::bit_cast<std::uint32_t>(static_cast<float>(sound.hz)), 4);
    append(audio, kSamplingFrequency, frequency);
    append(audio, kChannels, std::uint64_t{sound.channels});
    append(entry, kAudio, audio);
    return entry;
}

}  // namespace

Bytes matroskaHeader(const MatroskaTracks& tracks) {
    Bytes ebml, info, entries, out;
    append(ebml, kDocType, "matroska");
    append(ebml, kDocTypeVersion, std::uint64_t{4});
    append(ebml, kDocTypeReadVersion, std::uint64_t{2});
    append(out, kEbml, ebml);
    appendId(out, kSegment);
    out.push_back(1);  // of unknown size
    out.insert(out.end(), 7, 0xff);
    append(info, kTimestampScale, kNanosecondsPerTick);
    append(out, kInfo, info);
    if (tracks.video) append(entries, kTrackEntry, entryOf(*tracks.video, kVideoTrack));
    if (tracks.audio) append(entries, kTrackEntry, entryOf(*tracks.audio, kAudioTrack));
    append(out, kTracks, entries);
    return out;
}

/// A cluster of its own for each frame: a reader waits for no other.
Bytes matroskaBlock(const FlvMedia& media, std::uint32_t timestamp) {
    const std::int64_t shown = std::max<std::int64_t>(0, std::int64_t{timestamp} + media.compositionMs);
    Bytes block, cluster, out;
    block.reserve(media.payload.size() + 4);
    block.push_back(static_cast<std::uint8_t>(0x80U | (media.isVideo ? kVideoTrack : kAudioTrack)));
    appendBigEndian(block, 0, 2);
    block.push_back(media.isKeyframe || !media.isVideo ? 0x80 : 0);
    block.insert(block.end(), media.payload.begin(), media.payload.end());
    cluster.reserve(block.size() + 32);
    append(cluster, kTimestamp, static_cast<std::uint64_t>(shown));
    append(cluster, kSimpleBlock, block);
    out.reserve(cluster.size() + 16);
    append(out, kCluster, cluster);
    return out;
}

}  // namespace tessera
