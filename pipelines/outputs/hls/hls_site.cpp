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
/// How long playlists may be kept, in target durations: one that was asked for by number never changes for those who
/// need it, another is old when the next segment is there. @source rfc8216bis appendix B.1
constexpr int kBlockingAge = 6;
constexpr double kPlainAge = 0.5;
constexpr const char* kPlaylistType = "application/vnd.apple.mpegurl";

const Clock& steadyClock() {
    static const SteadyClock clock;
    return clock;
}

std::int64_t systemClockMs() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

std::string querySuffix(const HlsQuery& query) {
    return query.token.empty() ? std::string() : "?token=" + query.token;
}

bool isPlaylist(const HlsFile& file) {
    return file.kind == HlsFile::Kind::Playlist || file.kind == HlsFile::Kind::CaptionPlaylist;
}

HlsAnswer playlistAnswer(HlsBytes text, const HlsQuery& query, int targetDuration) {
    const double age = targetDuration * (query.segment ? kBlockingAge : kPlainAge);
    return {kPlaylistType, std::max(1, static_cast<int>(age)), std::move(text)};
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

bool HlsSite::isPublic(const std::string& meeting, const std::string& view, const std::string& file) {
    const auto name = parseHlsFile(file);
    if (!name) return false;
    const HlsRequest request{meeting, view, file, {}};
    Lock lock(mutex_);
    HlsPlace place{meeting, view, name->stem};
    if (!isMaster(request, *name)) {
        const Stream* stream = findStream(request, *name);
        if (stream == nullptr) return false;
        place = stream->place;
    }
    return isPublicPlace(place);
}

bool HlsSite::isPublicPlace(const HlsPlace& place) {
    return std::all_of(streams_.begin(), streams_.end(),
                       [&](const Stream& stream) { return stream.place != place || stream.variant.isPublic; });
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

std::optional<Result<HlsAnswer>> HlsSite::resolve(const Waiting& waiting) {
    auto result = waiting.stream == nullptr ? resolveMaster(waiting) : resolveFile(waiting);
    if (result && result->ok()) result->value().isPublic = waiting.isPublic;
    return result;
}

std::optional<Result<HlsAnswer>> HlsSite::resolveFile(const Waiting& waiting) {
    if (!isPlaylist(waiting.file)) return waiting.stream->file(waiting.file);
    const auto status = waiting.stream->playlist(waiting.query);
    if (!status) return std::nullopt;
    if (!status->ok()) return status->error();
    return playlistAnswer(playlistOf(*waiting.stream, waiting), waiting.query, waiting.stream->variant.targetDuration);
}

std::optional<Result<HlsAnswer>> HlsSite::resolveMaster(const Waiting& waiting) {
    std::vector<HlsVariantLine> lines;
    bool isComing = false;
    int targetDuration = 1;
    const HlsPlace place{waiting.request.meeting, waiting.request.view, waiting.file.stem};
    for (const Stream& stream : streams_) {
        if (stream.place != place) continue;
        isComing = isComing || !stream.endedAt;
        if (!stream.isReady()) continue;
        targetDuration = stream.variant.targetDuration;
        lines.push_back(stream.line());
        lines.back().uri += querySuffix(waiting.query);
        lines.back().captionsUri += querySuffix(waiting.query);
    }
    if (lines.empty() && isComing) return std::nullopt;
    if (lines.empty()) return notFound("the stream ended before it began");
    return playlistAnswer(std::make_shared<const std::string>(masterPlaylist(std::move(lines))), {}, targetDuration);
}

HlsBytes HlsSite::playlistOf(Stream& stream, const Waiting& waiting) {
    const bool isOfCaptions = waiting.file.kind == HlsFile::Kind::CaptionPlaylist;
    auto& text = stream.texts[(isOfCaptions ? 2U : 0U) + (waiting.query.skips ? 1U : 0U)];
    if (!text) {
        HlsPlaylistText from{stream.variant, stream.fileStem, waiting.query.skips, {}, isOfCaptions};
        for (const Stream& other : streams_) {
            const bool isOther = &other != &stream && other.isBeside(stream) && !other.endedAt && other.isReady();
            if (isOther) from.reports.push_back(other.report());
        }
        text = mediaPlaylist(from, stream.window);
    }
    return text->with(querySuffix(waiting.query));
}

HlsSite::Stream* HlsSite::findStream(const HlsRequest& request, const HlsFile& file) {
    const auto holds = [&file](const Stream& stream) {
        switch (file.kind) {
            case HlsFile::Kind::Playlist: return stream.playlistStem == file.stem;
            case HlsFile::Kind::CaptionPlaylist:
                return stream.playlistStem == file.stem && !stream.variant.captions.empty();
            case HlsFile::Kind::Thumbnail:
                return stream.place.playlist == file.stem && stream.variant.thumbnailSeconds > 0;
            default: return stream.fileStem == file.stem;
        }
    };
    for (Stream& stream : streams_) {
        const bool isHere = stream.place.meeting == request.meeting && stream.place.view == request.view;
        if (isHere && holds(stream)) return &stream;
    }
    return nullptr;
}

bool HlsSite::isMaster(const HlsRequest& request, const HlsFile& file) {
    if (file.kind != HlsFile::Kind::Playlist) return false;
    const HlsPlace place{request.meeting, request.view, file.stem};
    return std::any_of(streams_.begin(), streams_.end(), [&](const Stream& stream) { return stream.place == place; });
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
