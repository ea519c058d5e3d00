#pragma once

#include <deque>
#include <span>

#include "pipelines/outputs/hls/hls_segment.h"

namespace tessera {

/// The segments of one stream that can be fetched, within its bounds of number and memory. Some that are no longer
/// listed are kept for those who read an older playlist. Owns no lock.
/// @source RFC 8216 section 6.2.2
class HlsWindow {
public:
    /// Not 0, which hls.js takes for no segment, and then does not block.
    static constexpr std::uint64_t kFirst = 1;

    /// @param first  number of the first segment
    explicit HlsWindow(const HlsVariant& variant, std::uint64_t first = kFirst) : variant_(variant), next_(first) {}

    void addInitialization(HlsBytes bytes) { initializations_.push_back(std::move(bytes)); }
    void beginSegment(MediaTime begin, std::int64_t beginsAtMs, bool isDiscontinuous);
    /// @error capacity: an event has filled its memory
    Status addPart(HlsPart part);
    void endSegment();
    /// Nothing follows.
    void end();
    /// In the order of their begin, which lies in the segment that grows or later.
    void addCaption(WebVttCue caption);
    void addChapter(std::int64_t beginsAtMs, std::string title);

    bool hasEnded() const { return hasEnded_; }
    /// Whether the last segment still grows.
    bool isOpen() const { return isOpen_; }
    /// Number of the segment that grows or, without one, of the next.
    std::uint64_t liveEdge() const { return isOpen_ ? next_ - 1 : next_; }
    std::size_t completeSegments() const { return segments_.size() - (isOpen_ ? 1U : 0U); }
    std::size_t memoryBytes() const { return bytes_; }
    /// Highest rate of a complete segment, bits per second.
    std::int64_t peakBitsPerSecond() const { return peak_; }

    /// Those in the playlist, the one that grows included.
    std::size_t listedBegin() const { return listedBegin_; }
    const std::deque<HlsSegment>& segments() const { return segments_; }
    /// Number of discontinuities before the first listed segment.
    std::uint64_t discontinuitySequence() const { return discontinuitySequence_; }

    const HlsSegment* find(std::uint64_t number) const;
    /// Those of which a part is in a complete segment.
    std::vector<WebVttCue> captionsOf(const HlsSegment& segment) const;
    /// Those that begin in what is listed, and the one before them.
    std::span<const HlsChapter> chapters() const { return chapters_; }
    HlsBytes initialization(std::size_t index) const;

private:
    void slide();
    void dropOldest();
    void dropOldCues();

    const HlsVariant variant_;
    std::deque<HlsSegment> segments_;
    std::vector<HlsBytes> initializations_;
    std::deque<WebVttCue> captions_;
    std::vector<HlsChapter> chapters_;
    std::uint64_t nextChapter_ = 1;
    std::size_t listedBegin_ = 0;  ///< index into segments_
    std::uint64_t next_;
    std::uint64_t discontinuitySequence_ = 0;
    std::size_t bytes_ = 0;
    std::int64_t peak_ = 0;
    bool isOpen_ = false;
    bool hasEnded_ = false;
};

}  // namespace tessera
