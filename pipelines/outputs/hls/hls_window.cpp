#include "pipelines/outputs/hls/hls_window.h"

#include <algorithm>

namespace tessera {
namespace {

/// A playlist may not become shorter than this many target durations. @source RFC 8216 section 6.2.2
constexpr int kLeastTargetDurations = 3;
/// Of initialization sections: more than any window has discontinuities, and bounded.
constexpr std::size_t kMostInitializations = 4096;

/// Of captions, and of chapters: an event of hours with a caption every few seconds.
constexpr std::size_t kMostCues = 10'000;

}  // namespace

void HlsWindow::beginSegment(MediaTime begin, std::int64_t beginsAtMs, bool isDiscontinuous) {
    TESSERA_CHECK(!isOpen_ && !hasEnded_ && !initializations_.empty());
    HlsSegment segment;
    segment.number = next_++;
    segment.isDiscontinuous = isDiscontinuous;
    segment.beginsAtMs = beginsAtMs;
    segment.begin = begin;
    segment.initialization = initializations_.size() - 1;
    segments_.push_back(std::move(segment));
    isOpen_ = true;
}

Status HlsWindow::addPart(HlsPart part) {
    TESSERA_CHECK(isOpen_);
    bytes_ += part.bytes->size();
    segments_.back().parts.push_back(std::move(part));
    if (variant_.isEvent && (bytes_ > variant_.memoryBytes || initializations_.size() > kMostInitializations)) {
        return Error{ErrorCode::Capacity,
                     "the event has filled its " + std::to_string(variant_.memoryBytes >> 20U) +
                         " MB of memory: raise memory_mb or use a sliding window",
                     {}};
    }
    slide();
    return kOk;
}

void HlsWindow::endSegment() {
    if (!isOpen_) return;
    isOpen_ = false;
    const HlsSegment& segment = segments_.back();
    if (segment.parts.empty()) {
        segments_.pop_back();
        --next_;
        return;
    }
    const double seconds = toSeconds(segment.duration());
    if (seconds > 0.2) peak_ = std::max(peak_, static_cast<std::int64_t>(8.0 * segment.bytes() / seconds));
    slide();
}

void HlsWindow::end() {
    endSegment();
    hasEnded_ = true;
}

void HlsWindow::slide() {
    if (variant_.isEvent) return;
    Duration listed{};
    for (std::size_t i = listedBegin_; i < completeSegments(); ++i) listed += segments_[i].duration();
    const auto unlist = [&] {
        listed -= segments_[listedBegin_].duration();
        if (segments_[listedBegin_].isDiscontinuous) ++discontinuitySequence_;
        ++listedBegin_;
    };
    const Duration least = std::chrono::seconds(kLeastTargetDurations * variant_.targetDuration);
    while (completeSegments() - listedBegin_ > variant_.windowSegments &&
           listed - segments_[listedBegin_].duration() >= least) {
        unlist();
    }
    while (listedBegin_ > variant_.windowSegments) dropOldest();
    while (bytes_ > variant_.memoryBytes && segments_.size() > 1) {
        if (listedBegin_ == 0) unlist();
        dropOldest();
    }
}

void HlsWindow::dropOldest() {
    bytes_ -= segments_.front().bytes();
    segments_.pop_front();
    --listedBegin_;
    for (std::size_t i = 0; i < segments_.front().initialization; ++i) initializations_[i] = nullptr;
    dropOldCues();
}

void HlsWindow::dropOldCues() {
    while (!captions_.empty() && captions_.front().end <= segments_.front().begin.time_since_epoch())
        captions_.pop_front();
    const std::int64_t first = segments_.front().beginsAtMs;
    while (chapters_.size() > 1 && chapters_[1].beginsAtMs <= first) chapters_.erase(chapters_.begin());
}

void HlsWindow::addCaption(WebVttCue caption) {
    if (captions_.size() == kMostCues) captions_.pop_front();
    captions_.push_back(std::move(caption));
}

void HlsWindow::addChapter(std::int64_t beginsAtMs, std::string title) {
    if (chapters_.size() == kMostCues) chapters_.erase(chapters_.begin());
    chapters_.push_back({nextChapter_++, beginsAtMs, std::move(title)});
}

std::vector<WebVttCue> HlsWindow::captionsOf(const HlsSegment& segment) const {
    const Duration begin = segment.begin.time_since_epoch(), end = begin + segment.duration();
    std::vector<WebVttCue> found;
    for (const WebVttCue& caption : captions_) {
        if (caption.begin < end && caption.end > begin) found.push_back(caption);
    }
    return found;
}

const HlsSegment* HlsWindow::find(std::uint64_t number) const {
    if (segments_.empty() || number < segments_.front().number) return nullptr;
    const std::uint64_t index = number - segments_.front().number;
    return index < segments_.size() ? &segments_[static_cast<std::size_t>(index)] : nullptr;
}

HlsBytes HlsWindow::initialization(std::size_t index) const {
    return index < initializations_.size() ? initializations_[index] : nullptr;
}

}  // namespace tessera
