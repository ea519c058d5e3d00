#pragma once

#include <array>

#include "pipelines/outputs/hls/hls_site.h"

namespace tessera {

/// One stream of a site: what it is called, what it holds, and what it can answer. Guarded by the site's lock.
struct HlsSite::Stream {
    /// @param first  number of its first segment
    Stream(HlsPlace where, const HlsVariant& what, std::uint64_t first);

    /// "index_720p_2500k"
    static std::string playlistStemOf(const HlsPlace& place, const HlsVariant& variant);

    /// Nothing = not yet. @source draft-pantos-hls-rfc8216bis section 6.2.5
    std::optional<Result<HlsAnswer>> file(const HlsFile& file) const;
    /// Whether its playlist may be given now, shall be waited for (nothing), or never will be.
    std::optional<Status> playlist(const HlsQuery& query) const;
    HlsRenditionReport report() const;
    HlsVariantLine line() const;
    bool isReady() const { return window.completeSegments() > 0; }
    /// Whether both are lists of the same pictures for the same players.
    bool isBeside(const Stream& other) const { return place == other.place; }

    const HlsPlace place;
    const HlsVariant variant;
    const std::string playlistStem;
    const std::string fileStem;  ///< another one each time, so that caches never confuse two streams
    HlsWindow window;
    std::string codecs;
    HlsBytes thumbnail;
    std::optional<std::int64_t> wallClockAtEpoch;  ///< milliseconds
    std::optional<MonotonicTime> endedAt;
    /// Media playlists written since the last change: whole, as delta update, and both of the captions.
    std::array<std::optional<HlsPlaylist>, 4> texts;

private:
    bool reaches(std::uint64_t segment, std::uint64_t part) const;
    std::optional<Result<HlsAnswer>> segment(const HlsFile& file) const;
    std::optional<Result<HlsAnswer>> part(const HlsFile& file) const;
    std::optional<Result<HlsAnswer>> captions(const HlsFile& file) const;
    HlsAnswer immutable(HlsBytes bytes) const;
};

struct HlsSite::Waiting {
    HlsRequest request;
    HlsFile file;
    HlsQuery query;
    Stream* stream = nullptr;  ///< null: the master playlist
    bool isPublic = false;
    MonotonicTime deadline{};
    Answer answer;
};

}  // namespace tessera
