// What a request of an HlsSite is answered, and for whom.

#include <algorithm>
#include <utility>

#include "pipelines/outputs/hls/hls_site.h"
#include "pipelines/outputs/hls/hls_stream.h"

namespace tessera {
namespace {

/// How long playlists may be kept, in target durations: one that was asked for by number never changes for those who
/// need it, another is old when the next segment is there. @source rfc8216bis appendix B.1
constexpr int kBlockingAge = 6;
constexpr double kPlainAge = 0.5;
constexpr const char* kPlaylistType = "application/vnd.apple.mpegurl";

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

}  // namespace tessera
