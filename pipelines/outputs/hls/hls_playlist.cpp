#include "pipelines/outputs/hls/hls_playlist.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>

namespace tessera {
namespace {

/// Parts are listed of segments that end within so many target durations of the end. @source rfc8216bis section 4.4.4.9
constexpr int kPartsTargetDurations = 3;
/// @source rfc8216bis section 4.4.3.8: PART-HOLD-BACK at least twice, better three times PART-TARGET; HOLD-BACK at
/// least three, CAN-SKIP-UNTIL at least six target durations
constexpr int kPartHoldBack = 3, kHoldBack = 3, kSkipUntil = 6;

std::string seconds(Duration duration) {
    char text[32];
    std::snprintf(text, sizeof text, "%.5f", toSeconds(duration));
    return text;
}

/// A bound: never rounded down.
std::string secondsUp(Duration duration) {
    char text[32];
    std::snprintf(text, sizeof text, "%.5f", std::ceil(toSeconds(duration) * 1e5 - 1e-6) / 1e5);
    return text;
}

/// @source RFC 3339 section 5.6
std::string dateTime(std::int64_t unixMs) {
    const std::time_t whole = unixMs / 1000;
    std::tm parts{};
    gmtime_r(&whole, &parts);
    char text[40];
    const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    std::snprintf(text + length, sizeof text - length, ".%03dZ", static_cast<int>(unixMs % 1000));
    return text;
}

const char* extension(const HlsPlaylistText& text) {
    if (text.isOfCaptions) return ".vtt";
    return text.variant.container == HlsContainer::Fmp4 ? ".m4s" : ".ts";
}

/// What a quoted string may hold; no other control characters either. @source RFC 8216 section 4.2
std::string quoted(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '"' || (c >= 0 && c < ' ') || c == 0x7F; }, ' ');
    return "\"" + text + "\"";
}

std::string segmentName(const HlsPlaylistText& text, std::uint64_t segment) {
    return text.stem + "-" + std::to_string(segment) + extension(text) + HlsPlaylist::kUriEnd;
}

std::string partName(const HlsPlaylistText& text, std::uint64_t segment, std::size_t part) {
    return text.stem + "-" + std::to_string(segment) + "." + std::to_string(part) + extension(text) +
           HlsPlaylist::kUriEnd;
}

class MediaPlaylistWriter {
public:
    MediaPlaylistWriter(const HlsPlaylistText& text, const HlsWindow& window)
        : text_(text), variant_(text.variant), window_(window) {}

    HlsPlaylist write() {
        const std::size_t begin = window_.listedBegin();
        const std::size_t skipped = text_.skips ? skippable() : 0;
        writeHead(skipped > 0);
        if (skipped > 0) line("#EXT-X-SKIP:SKIPPED-SEGMENTS=" + std::to_string(skipped));
        for (std::size_t i = begin + skipped; i < window_.segments().size(); ++i) writeSegment(i, i == begin);
        window_.hasEnded() ? line("#EXT-X-ENDLIST") : writeTail();
        return HlsPlaylist(out_);
    }

private:
    void line(const std::string& content) { out_.append(content).push_back('\n'); }

    bool usesParts() const { return variant_.isLowLatency && !text_.isOfCaptions; }
    Duration skipBoundary() const { return std::chrono::seconds(kSkipUntil * variant_.targetDuration); }

    void writeHead(bool isDelta) {
        line("#EXTM3U");
        const bool isFmp4 = variant_.container == HlsContainer::Fmp4;
        line("#EXT-X-VERSION:" + std::string(isDelta || usesParts() ? "9" : isFmp4 ? "6" : "3"));
        line("#EXT-X-TARGETDURATION:" + std::to_string(variant_.targetDuration));
        std::string control = "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,HOLD-BACK=" +
                              std::to_string(kHoldBack * variant_.targetDuration) + ".0";
        if (usesParts()) control += ",PART-HOLD-BACK=" + secondsUp(variant_.partTarget * kPartHoldBack);
        // The list of an event grows for hours, also without parts.
        if (usesParts() || variant_.isEvent) control += ",CAN-SKIP-UNTIL=" + secondsUp(skipBoundary());
        line(control);
        if (usesParts()) line("#EXT-X-PART-INF:PART-TARGET=" + secondsUp(variant_.partTarget));
        const auto& segments = window_.segments();
        const std::uint64_t first =
            window_.listedBegin() < segments.size() ? segments[window_.listedBegin()].number : window_.liveEdge();
        line("#EXT-X-MEDIA-SEQUENCE:" + std::to_string(first));
        line("#EXT-X-DISCONTINUITY-SEQUENCE:" + std::to_string(window_.discontinuitySequence()));
        if (variant_.isEvent) line("#EXT-X-PLAYLIST-TYPE:EVENT");
        line("#EXT-X-INDEPENDENT-SEGMENTS");
        writeChapters();
    }

    /// Those in the segment that grows come with the next: hls.js 1.6 fails on a date range behind the last whole one.
    void writeChapters() {
        for (const HlsChapter& chapter : window_.chapters()) {
            if (window_.isOpen() && chapter.beginsAtMs >= window_.segments().back().beginsAtMs) break;
            line("#EXT-X-DATERANGE:ID=\"chapter-" + std::to_string(chapter.number) +
                 "\",CLASS=\"chapter\",START-DATE=\"" + dateTime(chapter.beginsAtMs) +
                 "\",END-ON-NEXT=YES,X-TITLE=" + quoted(chapter.title));
        }
    }

    /// Complete segments that are older than the skip boundary.
    std::size_t skippable() const {
        Duration sinceEnd{};
        std::size_t i = window_.segments().size();
        while (i > window_.listedBegin() && sinceEnd < skipBoundary()) sinceEnd += window_.segments()[--i].duration();
        return i - window_.listedBegin();
    }

    void writeSegment(std::size_t index, bool isFirst) {
        const HlsSegment& segment = window_.segments()[index];
        const bool isOpen = window_.isOpen() && index + 1 == window_.segments().size();
        if (isOpen && (!usesParts() || segment.parts.empty())) return;
        if (segment.isDiscontinuous) line("#EXT-X-DISCONTINUITY");
        if (variant_.container == HlsContainer::Fmp4 && !text_.isOfCaptions && (isFirst || segment.isDiscontinuous)) {
            line("#EXT-X-MAP:URI=\"" + text_.stem + "-i" + std::to_string(segment.initialization) + ".mp4" +
                 HlsPlaylist::kUriEnd + "\"");
        }
        line("#EXT-X-PROGRAM-DATE-TIME:" + dateTime(segment.beginsAtMs));
        if (usesParts() && (isOpen || isRecent(index))) writeParts(segment);
        if (isOpen) return;
        line("#EXTINF:" + seconds(segment.duration()) + ",");
        line(segmentName(text_, segment.number));
    }

    bool isRecent(std::size_t index) const {
        Duration after{};
        for (std::size_t i = index + 1; i < window_.segments().size(); ++i) after += window_.segments()[i].duration();
        return after < std::chrono::seconds(kPartsTargetDurations * variant_.targetDuration);
    }

    void writeParts(const HlsSegment& segment) {
        for (std::size_t i = 0; i < segment.parts.size(); ++i) {
            const HlsPart& part = segment.parts[i];
            line("#EXT-X-PART:DURATION=" + seconds(part.duration) + ",URI=\"" + partName(text_, segment.number, i) +
                 "\"" + (part.isIndependent ? ",INDEPENDENT=YES" : ""));
        }
    }

    void writeTail() {
        if (!usesParts()) return;
        const std::size_t part = window_.isOpen() ? window_.segments().back().parts.size() : 0;
        line("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"" + partName(text_, window_.liveEdge(), part) + "\"");
        for (const HlsRenditionReport& report : text_.reports) {
            line("#EXT-X-RENDITION-REPORT:URI=\"" + report.uri + HlsPlaylist::kUriEnd +
                 "\",LAST-MSN=" + std::to_string(report.lastSegment) +
                 (report.lastPart ? ",LAST-PART=" + std::to_string(*report.lastPart) : ""));
        }
    }

    const HlsPlaylistText& text_;
    const HlsVariant& variant_;
    const HlsWindow& window_;
    std::string out_;
};

}  // namespace

HlsPlaylist::HlsPlaylist(std::string_view marked) {
    std::string text;
    text.reserve(marked.size());
    for (const char c : marked) {
        c == kUriEnd ? uriEnds_.push_back(text.size()) : text.push_back(c);
    }
    text_ = std::make_shared<const std::string>(std::move(text));
}

HlsBytes HlsPlaylist::with(std::string_view query) const {
    if (query.empty()) return text_;
    std::string text;
    text.reserve(text_->size() + uriEnds_.size() * query.size());
    std::size_t begin = 0;
    for (const std::size_t end : uriEnds_) {
        text.append(*text_, begin, end - begin).append(query);
        begin = end;
    }
    text.append(*text_, begin);
    return std::make_shared<const std::string>(std::move(text));
}

HlsPlaylist mediaPlaylist(const HlsPlaylistText& text, const HlsWindow& window) {
    return MediaPlaylistWriter(text, window).write();
}

std::string masterPlaylist(std::vector<HlsVariantLine> variants) {
    std::sort(variants.begin(), variants.end(), [](const HlsVariantLine& a, const HlsVariantLine& b) {
        return a.averageBitsPerSecond > b.averageBitsPerSecond;
    });
    std::string out = "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-INDEPENDENT-SEGMENTS\n";
    const auto captioned = std::find_if(variants.begin(), variants.end(),
                                        [](const HlsVariantLine& variant) { return !variant.captions.empty(); });
    if (captioned != variants.end()) {
        out += "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"captions\",NAME=\"Captions\",LANGUAGE=" +
               quoted(captioned->captions) +
               ",AUTOSELECT=YES,DEFAULT=YES,FORCED=NO,URI=" + quoted(captioned->captionsUri) + "\n";
    }
    for (const HlsVariantLine& variant : variants) {
        char rate[32];
        std::snprintf(rate, sizeof rate, "%.3f", variant.rate.toDouble());
        out += "#EXT-X-STREAM-INF:BANDWIDTH=" + std::to_string(variant.peakBitsPerSecond) +
               ",AVERAGE-BANDWIDTH=" + std::to_string(variant.averageBitsPerSecond) + ",CODECS=\"" + variant.codecs +
               "\",RESOLUTION=" + std::to_string(variant.size.width) + "x" + std::to_string(variant.size.height) +
               ",FRAME-RATE=" + rate + (captioned == variants.end() ? "" : ",SUBTITLES=\"captions\"") + "\n" +
               variant.uri + "\n";
    }
    return out;
}

}  // namespace tessera
