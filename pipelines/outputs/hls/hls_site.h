#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "mcu/base/sync.h"
#include "mcu/base/task_queue.h"
#include "mcu/meeting/cue.h"

#include "pipelines/outputs/hls/hls_playlist.h"
#include "pipelines/outputs/hls/hls_request.h"

namespace tessera {

/// Where a stream is found: /hls/{meeting}/{view}/{playlist}.m3u8 lists all streams of one place.
struct HlsPlace {
    std::string meeting, view;
    std::string playlist = "index";
    auto operator<=>(const HlsPlace&) const = default;
};

struct HlsRequest {
    std::string meeting, view, file;
    std::map<std::string, std::string> query;  ///< decoded
};

struct HlsAnswer {
    std::string contentType;
    int maxAgeSeconds = 0;  ///< how long it may be kept; 0 = it must be asked for again
    HlsBytes body;
    bool isPublic = false;  ///< as HlsSite::isPublic says when it was asked for
};

class HlsPublication;

/// The playlists and segments that exist now, for whoever serves them. No HTTP: an edge asks by names and gets bytes,
/// at once or when they exist. Outputs publish here for as long as they live, and for a minute after their end.
/// @thread any
class HlsSite {
public:
    using Answer = std::function<void(Result<HlsAnswer>)>;
    using Ticket = std::uint64_t;
    using WallClock = std::function<std::int64_t()>;  ///< Unix time in milliseconds

    /// What has ended can be fetched for this long.
    static constexpr Duration kLinger = std::chrono::seconds(60);
    /// A request that waits longer than this many target durations is given up. @source rfc8216bis section 6.2.5.2
    static constexpr int kPatience = 3;
    /// As many as a server can have connections.
    static constexpr std::size_t kMaxWaiting = 100'000;

    HlsSite();
    /// @param clock  outlives the site
    HlsSite(const Clock& clock, WallClock wallClock);
    ~HlsSite();
    HlsSite(const HlsSite&) = delete;
    HlsSite& operator=(const HlsSite&) = delete;

    /// Begins a stream. It is taken from the site when what is returned goes; the site outlives that.
    /// @error conflict: the place has a stream of this name, or streams in another container
    Result<std::unique_ptr<HlsPublication>> publish(const HlsPlace& place, const HlsVariant& variant) EXCLUDES(mutex_);

    /// Whether everybody may fetch the file: all streams of its playlist are public. @return false for an unknown one
    bool isPublic(const std::string& meeting, const std::string& view, const std::string& file) EXCLUDES(mutex_);

    /// Asks for a file. `answer` is called once, in this call or later on another thread, with no lock held; it must
    /// not wait. A playlist, part or segment that is about to come is waited for.
    ///
    /// @return  of a request that waits; 0 when it has been answered
    /// @error   (to `answer`) not_found; invalid_argument: directives, or a time too far ahead; capacity: it did not
    /// come
    ///          in time, or too many wait
    Ticket get(HlsRequest request, Answer answer) EXCLUDES(mutex_);

    /// Forgets a waiting request. @return false when it has been answered, or is being answered
    bool cancel(Ticket ticket) EXCLUDES(mutex_);

    std::size_t waiting() const EXCLUDES(mutex_);
    /// Gives up what has waited too long and forgets what ended long ago. The site does so by itself, often enough.
    void sweep() EXCLUDES(mutex_);

private:
    friend class HlsPublication;
    struct Stream;
    struct Waiting;
    using Answers = std::vector<std::pair<Answer, Result<HlsAnswer>>>;

    /// Changes a stream under the lock and answers those who waited for it.
    template <typename Change>
    auto update(Stream& stream, Change change) EXCLUDES(mutex_);
    std::int64_t toWallClock(Stream& stream, MediaTime time) EXCLUDES(mutex_);
    void arm() REQUIRES(mutex_);

    Answers takeAnswered(const Stream& changed) REQUIRES(mutex_);
    /// Nothing = not yet.
    std::optional<Result<HlsAnswer>> resolve(const Waiting& waiting) REQUIRES(mutex_);
    std::optional<Result<HlsAnswer>> resolveFile(const Waiting& waiting) REQUIRES(mutex_);
    std::optional<Result<HlsAnswer>> resolveMaster(const Waiting& waiting) REQUIRES(mutex_);
    HlsBytes playlistOf(Stream& stream, const Waiting& waiting) REQUIRES(mutex_);
    Stream* findStream(const HlsRequest& request, const HlsFile& file) REQUIRES(mutex_);
    bool isMaster(const HlsRequest& request, const HlsFile& file) REQUIRES(mutex_);
    bool isPublicPlace(const HlsPlace& place) REQUIRES(mutex_);

    // Borrowed
    const Clock& clock_;
    // State
    const WallClock wallClock_;
    mutable Mutex mutex_;
    std::list<Stream> streams_ GUARDED_BY(mutex_);
    std::map<Ticket, Waiting> waiting_ GUARDED_BY(mutex_);
    Ticket lastTicket_ GUARDED_BY(mutex_) = 0;
    bool isArmed_ GUARDED_BY(mutex_) = false;
    TaskQueue timer_{"hls-site"};
};

/// A stream on a site, from the side that fills it. Its end is the end of the stream.
/// @thread one at a time
class HlsPublication final : public HlsSink {
public:
    HlsPublication(HlsSite& site, HlsSite::Stream& stream) : site_(site), stream_(stream) {}
    ~HlsPublication() override;

    void onInitialization(HlsBytes bytes, const std::string& codecs) override;
    void onSegmentBegin(MediaTime begin, bool isDiscontinuous) override;
    Status onPart(HlsPart part) override;
    void onSegmentEnd() override;
    void addCue(const Cue& cue);
    void setThumbnail(HlsBytes jpeg);

private:
    // Borrowed
    HlsSite& site_;
    HlsSite::Stream& stream_;
};

}  // namespace tessera
