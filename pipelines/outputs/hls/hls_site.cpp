#include "pipelines/outputs/hls/hls_site.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "mcu/base/ids.h"

#include "pipelines/outputs/hls/hls_stream.h"

namespace tessera {
namespace {

constexpr Duration kSweepInterval = std::chrono::milliseconds(250);
constexpr std::size_t kMaxPlaylistName = 32;

const Clock& steadyClock() {
    static const SteadyClock clock;
    return clock;
}

std::int64_t systemClockMs() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace

HlsSite::HlsSite() : HlsSite(steadyClock(), systemClockMs) {}

HlsSite::HlsSite(const Clock& clock, WallClock wallClock) : clock_(clock), wallClock_(std::move(wallClock)) {}

HlsSite::~HlsSite() {
    timer_.stop();
    for (const auto& [ticket, waiting] : waiting_) waiting.answer(notFound("the server stops"));
}

Result<std::unique_ptr<HlsPublication>> HlsSite::publish(const HlsPlace& place, const HlsVariant& variant) {
    const bool isName = isSafeName(place.playlist) && place.playlist.size() <= kMaxPlaylistName &&
                        place.playlist.find('_') == std::string::npos;
    if (!isName) return invalidArgument("the playlist's name is 1 to 32 characters of [A-Za-z0-9-]", "playlist");
    if (!isSafeName(place.meeting) || !isSafeName(place.view)) return invalidArgument("the place is none", "view");
    Lock lock(mutex_);
    const std::string stem = Stream::playlistStemOf(place, variant);
    std::uint64_t first = HlsWindow::kFirst;
    for (const Stream& other : streams_) {
        if (other.place != place) continue;
        const bool isSame = other.playlistStem == stem;
        // Caches may still have its playlists under the numbers that were asked for.
        if (other.endedAt && isSame) first = std::max(first, other.window.liveEdge() + 2);
        if (other.endedAt) continue;
        if (isSame) return conflict("there is an output of this size and bit rate in the playlist " + place.playlist);
        if (other.variant.container != variant.container) {
            return conflict("the outputs in the playlist " + place.playlist + " use another container");
        }
    }
    streams_.remove_if(
        [&](const Stream& other) { return other.endedAt && other.place == place && other.playlistStem == stem; });
    streams_.emplace_back(place, variant, first);
    return std::make_unique<HlsPublication>(*this, streams_.back());
}

HlsSite::Ticket HlsSite::get(HlsRequest request, Answer answer) {
    Waiting waiting;
    const auto file = parseHlsFile(request.file);
    const auto query = parseHlsQuery(request.query);
    if (!file || !query) {
        answer(file ? query.error() : file.error());
        return 0;
    }
    waiting.request = std::move(request);
    waiting.file = *file;
    waiting.query = *query;
    std::optional<Result<HlsAnswer>> result;
    {
        Lock lock(mutex_);
        waiting.stream = findStream(waiting.request, *file);
        const bool exists = waiting.stream != nullptr || isMaster(waiting.request, *file);
        waiting.isPublic = isPublicPlace(
            waiting.stream != nullptr ? waiting.stream->place
                                      : HlsPlace{waiting.request.meeting, waiting.request.view, waiting.file.stem});
        result = exists ? resolve(waiting) : Result<HlsAnswer>(notFound("there is no such file"));
        if (!result && waiting_.size() >= kMaxWaiting) {
            result = Error{ErrorCode::Capacity, "too many requests wait for this server's streams", {}};
        }
        if (!result) {
            const int target =
                waiting.stream == nullptr ? HlsVariant().targetDuration : waiting.stream->variant.targetDuration;
            waiting.deadline = clock_.now() + std::chrono::seconds(kPatience * target);
            waiting.answer = std::move(answer);
            waiting_.emplace(++lastTicket_, std::move(waiting));
            arm();
            return lastTicket_;
        }
    }
    answer(std::move(*result));
    return 0;
}

bool HlsSite::cancel(Ticket ticket) {
    std::map<Ticket, Waiting>::node_type cancelled;  // whatever the callback holds is let go of without the lock
    Lock lock(mutex_);
    cancelled = waiting_.extract(ticket);
    return !cancelled.empty();
}

std::size_t HlsSite::waiting() const {
    Lock lock(mutex_);
    return waiting_.size();
}

void HlsSite::arm() {
    if (std::exchange(isArmed_, true)) return;
    timer_.postDelayed(kSweepInterval, [this] { sweep(); });
}

void HlsSite::sweep() {
    std::vector<Answer> late;
    {
        Lock lock(mutex_);
        const MonotonicTime now = clock_.now();
        isArmed_ = false;
        for (auto each = waiting_.begin(); each != waiting_.end();) {
            const auto current = each++;
            if (current->second.deadline > now) continue;
            late.push_back(std::move(current->second.answer));
            waiting_.erase(current);
        }
        streams_.remove_if([now](const Stream& stream) { return stream.endedAt && now - *stream.endedAt >= kLinger; });
        const bool lingers =
            std::any_of(streams_.begin(), streams_.end(), [](const Stream& s) { return s.endedAt.has_value(); });
        if (lingers || !waiting_.empty()) arm();
    }
    for (const Answer& answer : late) {
        answer(Error{ErrorCode::Capacity, "the stream did not go on in time", {}});
    }
}

HlsSite::Answers HlsSite::takeAnswered(const Stream& changed) {
    Answers answers;
    for (auto each = waiting_.begin(); each != waiting_.end();) {
        const auto current = each++;
        Waiting& waiting = current->second;
        if (waiting.stream != nullptr && waiting.stream != &changed) continue;
        auto result = resolve(waiting);
        if (!result) continue;
        answers.emplace_back(std::move(waiting.answer), std::move(*result));
        waiting_.erase(current);
    }
    return answers;
}

template <typename Change>
auto HlsSite::update(Stream& stream, Change change) {
    Answers answers;
    {
        Lock lock(mutex_);
        change(stream);
        stream.texts.fill(std::nullopt);
        answers = takeAnswered(stream);
        if (stream.endedAt) arm();
    }
    for (auto& [answer, result] : answers) answer(std::move(result));
}

std::int64_t HlsSite::toWallClock(Stream& stream, MediaTime time) {
    const std::int64_t sinceEpoch = toMilliseconds(time.time_since_epoch());
    Lock lock(mutex_);
    // All streams of a meeting share one relation of the clocks, so that the same picture has the same time in each.
    for (const Stream& other : streams_) {
        if (other.place.meeting == stream.place.meeting && other.wallClockAtEpoch) {
            return *other.wallClockAtEpoch + sinceEpoch;
        }
    }
    stream.wallClockAtEpoch = wallClock_() - sinceEpoch;
    return *stream.wallClockAtEpoch + sinceEpoch;
}

HlsPublication::~HlsPublication() {
    site_.update(stream_, [this](HlsSite::Stream& stream) {
        stream.window.end();
        stream.endedAt = site_.clock_.now();
    });
}

void HlsPublication::onInitialization(HlsBytes bytes, const std::string& codecs) {
    site_.update(stream_, [&](HlsSite::Stream& stream) {
        stream.window.addInitialization(std::move(bytes));
        stream.codecs = codecs;
    });
}

void HlsPublication::onSegmentBegin(MediaTime begin, bool isDiscontinuous) {
    const std::int64_t beginsAtMs = site_.toWallClock(stream_, begin);
    site_.update(stream_,
                 [&](HlsSite::Stream& stream) { stream.window.beginSegment(begin, beginsAtMs, isDiscontinuous); });
}

void HlsPublication::addCue(const Cue& cue) {
    const std::int64_t beginsAtMs = site_.toWallClock(stream_, cue.at);
    const Duration at = cue.at.time_since_epoch();
    site_.update(stream_, [&](HlsSite::Stream& stream) {
        if (cue.kind == CueKind::Caption) stream.window.addCaption({at, at + cue.duration, cue.text});
        if (cue.kind == CueKind::Chapter) stream.window.addChapter(beginsAtMs, cue.text);
    });
}

void HlsPublication::setThumbnail(HlsBytes jpeg) {
    site_.update(stream_, [&](HlsSite::Stream& stream) { stream.thumbnail = std::move(jpeg); });
}

Status HlsPublication::onPart(HlsPart part) {
    Status status = kOk;
    site_.update(stream_, [&](HlsSite::Stream& stream) { status = stream.window.addPart(std::move(part)); });
    return status;
}

void HlsPublication::onSegmentEnd() {
    site_.update(stream_, [](HlsSite::Stream& stream) { stream.window.endSegment(); });
}

}  // namespace tessera
