#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <optional>

#include "pipelines/ingest/coded_stream.h"
#include "pipelines/ingest/ingest_catalog.h"
#include "pipelines/ingest/media_reader.h"

namespace tessera {

/// A media file without a thread: each 10 ms tick writes what is due into the feed. A loop begins where the longer of
/// picture and sound ended, so both stay together. Pictures beyond 60 per second are left out.
/// @thread one at a time
class FileSource {
public:
    /// Media is written this much before its time: more than a scheduler's delays, less than a FrameMailbox holds.
    static constexpr Duration kLead = std::chrono::milliseconds(150);
    /// Later than this, the rest of the file moves by as much.
    static constexpr Duration kMaxLate = std::chrono::milliseconds(500);

    /// @error not_found: there is no such file; invalid_argument: it is no media file
    static Result<std::unique_ptr<FileSource>> create(const std::string& path, bool loops, SourceFeedPtr feed);

    /// Writes what begins before the block's begin and kLead. The feed's state becomes Ended at the end of a file that
    /// is not looped, Failed when the file holds nothing that can be decoded.
    void tick(std::int64_t k);

    /// What the next tick does. @thread any
    void seek(Duration position) { seekTo_ = position.count(); }
    void setPaused(bool paused) { isPaused_ = paused; }
    Playback playback() const;

private:
    FileSource(std::unique_ptr<MediaReader> reader, bool loops, SourceFeedPtr feed);
    bool advance();
    void jump(MediaTime now, Duration position);
    void hold(MediaTime now);
    void resume(MediaTime now);
    void write(MediaItem& item);
    void tap(const AVPacket& packet, const AVStream& stream, Duration begin);

    // Owned
    SourceFeedPtr feed_;
    std::unique_ptr<MediaReader> reader_;
    std::array<CodedStream, 2> coded_;  ///< picture and sound
    // State
    const Duration fileLength_;
    bool loops_;
    bool isOver_ = false;
    std::optional<MediaTime> begin_;  ///< of the file's begin in the meeting
    std::optional<MediaItem> next_;
    Duration length_{};  ///< of what has been played of the file
    std::optional<MediaTime> lastPicture_;
    std::uint64_t errorsSeen_ = 0;
    std::optional<MediaTime> heldSince_;
    MediaTime heldShown_{};
    std::shared_ptr<VideoFrame> shown_;                   ///< the newest picture
    std::atomic<std::int64_t> seekTo_{-1}, position_{0};  ///< nanoseconds of the file
    std::atomic<bool> isPaused_{false};
};

inline constexpr ParamRow kFileIngestParams[] = {
    {"url", ParamType::Text, "", "path of a media file, relative to the folder files.root of the configuration",
     "what is played", 1, 1024},
    {"loop", ParamType::Boolean, "true", "true | false", "begin again at the end"},
};

/// @error unsupported, invalid_argument: there is no folder of files, or no such file in it
Status checkFileIngest(const IngestSpec& spec, const IngestSettings& settings);

/// Makes an ingest that plays a local media file on a thread of its own, paced by the timeline.
/// @error as checkFileIngest and FileSource::create
Result<std::unique_ptr<Ingest>> createFileIngest(const IngestSpec& spec, const IngestContext& context);

}  // namespace tessera
