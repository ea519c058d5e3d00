#include "pipelines/outputs/hls/hls_stream.h"

#include <algorithm>
#include <cmath>

#include "mcu/base/ids.h"

namespace tessera {
namespace {

/// What changes its name when it changes can be kept for as long as a player may want it again.
constexpr int kImmutableSeconds = 3600;
/// Peak over nominal rate that is announced before a higher one was seen: keyframes, and a VBV that empties.
constexpr double kAnnouncedPeak = 1.25;
/// Of the container and of parts, measured at 2.5 Mb/s: 1 % (fragmented MP4) to 6 % (transport stream).
constexpr double kContainerShare = 1.05;

/// Times of captions are those of the media. @source RFC 8216 section 3.5
constexpr std::string_view kTimestampMap = "X-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n";

}  // namespace

std::string HlsSite::Stream::playlistStemOf(const HlsPlace& place, const HlsVariant& variant) {
    return place.playlist + "_" + std::to_string(variant.video.size.height) + "p_" +
           std::to_string(variant.video.bitrateKbps) + "k";
}

HlsSite::Stream::Stream(HlsPlace where, const HlsVariant& what, std::uint64_t first)
    : place(std::move(where)),
      variant(what),
      playlistStem(playlistStemOf(place, what)),
      fileStem(playlistStem + "-" + randomToken().substr(0, 8)),
      window(what, first) {}

HlsAnswer HlsSite::Stream::immutable(HlsBytes bytes) const {
    return {variant.container == HlsContainer::Fmp4 ? "video/mp4" : "video/mp2t", kImmutableSeconds, std::move(bytes)};
}

std::optional<Result<HlsAnswer>> HlsSite::Stream::file(const HlsFile& file) const {
    if (file.kind == HlsFile::Kind::Captions) return captions(file);
    if (file.kind == HlsFile::Kind::Thumbnail) {
        if (!thumbnail) return std::nullopt;
        return HlsAnswer{"image/jpeg", variant.thumbnailSeconds, thumbnail};
    }
    const bool isTransportStream = variant.container == HlsContainer::MpegTs;
    if (isTransportStream != (file.extension == "ts")) return notFound("there is no such file");
    switch (file.kind) {
        case HlsFile::Kind::Initialization: {
            const HlsBytes bytes = window.initialization(static_cast<std::size_t>(file.number));
            if (!bytes) return notFound("there is no such initialization");
            return immutable(bytes);
        }
        case HlsFile::Kind::Segment: return segment(file);
        case HlsFile::Kind::Part: return part(file);
        case HlsFile::Kind::Playlist:
        case HlsFile::Kind::CaptionPlaylist:
        case HlsFile::Kind::Captions:
        case HlsFile::Kind::Thumbnail: break;
    }
    return notFound("there is no such file");
}

std::optional<Result<HlsAnswer>> HlsSite::Stream::segment(const HlsFile& file) const {
    const HlsSegment* found = window.find(file.number);
    if (found == nullptr) return notFound("there is no such segment");
    if (window.isOpen() && file.number == window.liveEdge()) return std::nullopt;
    HlsBytes whole = found->whole.lock();
    if (!whole) {
        std::string joined;
        joined.reserve(found->bytes());
        for (const HlsPart& each : found->parts) joined += *each.bytes;
        whole = std::make_shared<const std::string>(std::move(joined));
        found->whole = whole;
    }
    return immutable(std::move(whole));
}

std::optional<Result<HlsAnswer>> HlsSite::Stream::captions(const HlsFile& file) const {
    const HlsSegment* found = variant.captions.empty() ? nullptr : window.find(file.number);
    if (found == nullptr) return notFound("there is no such segment");
    if (window.isOpen() && file.number == window.liveEdge()) return std::nullopt;
    auto text = std::make_shared<const std::string>(toWebVtt(window.captionsOf(*found), kTimestampMap));
    return HlsAnswer{"text/vtt", kImmutableSeconds, std::move(text)};
}

std::optional<Result<HlsAnswer>> HlsSite::Stream::part(const HlsFile& file) const {
    const HlsSegment* found = window.find(file.number);
    const std::size_t parts = found == nullptr ? 0 : found->parts.size();
    if (file.part < parts) return immutable(found->parts[static_cast<std::size_t>(file.part)].bytes);
    const bool isHinted = file.number == window.liveEdge() && file.part == parts;
    if (isHinted && !window.hasEnded()) return std::nullopt;
    return notFound("there is no such part");
}

bool HlsSite::Stream::reaches(std::uint64_t segment, std::uint64_t part) const {
    if (segment > window.liveEdge()) return false;
    const HlsSegment* found = window.find(segment);
    const std::size_t parts = found == nullptr ? 0 : found->parts.size();
    if (segment == window.liveEdge()) return part < parts;
    return found == nullptr || part < parts || reaches(segment + 1, 0);
}

std::optional<Status> HlsSite::Stream::playlist(const HlsQuery& query) const {
    if (window.hasEnded() && window.segments().empty()) return notFound("the stream ended before it began");
    if (window.hasEnded()) return kOk;
    if (!isReady()) return std::nullopt;
    if (!query.segment) return kOk;
    const std::uint64_t edge = window.liveEdge();
    if (*query.segment > edge + 1) return invalidArgument("_HLS_msn is too far ahead", "_HLS_msn");
    if (!query.part) return *query.segment < edge ? std::optional<Status>(kOk) : std::nullopt;
    // @source rfc8216bis section 6.2.5.2: Advance Part Limit
    const double target = toSeconds(variant.partTarget);
    const std::uint64_t advance = target < 1 ? static_cast<std::uint64_t>(std::ceil(3 / target)) : 3;
    const std::uint64_t parts = window.isOpen() ? window.segments().back().parts.size() : 0;
    if (*query.segment >= edge && *query.part > (*query.segment == edge ? parts : 0) + advance) {
        return invalidArgument("_HLS_part is too far ahead", "_HLS_part");
    }
    return reaches(*query.segment, *query.part) ? std::optional<Status>(kOk) : std::nullopt;
}

HlsRenditionReport HlsSite::Stream::report() const {
    HlsRenditionReport report{playlistStem + ".m3u8", window.liveEdge(), std::nullopt};
    const bool isGrowing = window.isOpen() && !window.segments().back().parts.empty() && variant.isLowLatency;
    if (isGrowing) {
        report.lastPart = window.segments().back().parts.size() - 1;
    } else {
        report.lastSegment = window.liveEdge() - 1;
        const HlsSegment* last = window.find(report.lastSegment);
        if (last != nullptr && variant.isLowLatency) report.lastPart = last->parts.size() - 1;
    }
    return report;
}

HlsVariantLine HlsSite::Stream::line() const {
    const auto average = static_cast<std::int64_t>(variant.nominalKbps * 1000.0 * kContainerShare);
    return {
        .uri = playlistStem + ".m3u8",
        .codecs = codecs,
        .peakBitsPerSecond = std::max(window.peakBitsPerSecond(), static_cast<std::int64_t>(average * kAnnouncedPeak)),
        .averageBitsPerSecond = average,
        .size = variant.video.size,
        .rate = variant.video.rate,
        .captions = variant.captions,
        .captionsUri = playlistStem + std::string(kHlsCaptionsSuffix) + ".m3u8"};
}

}  // namespace tessera
