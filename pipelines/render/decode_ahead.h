#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "mcu/base/sync.h"

#include "pipelines/ingest/media_reader.h"

namespace tessera {

/// Decodes a media file on a thread of its own, a few pictures ahead of who takes them; nothing is dropped.
/// @thread one at a time
class DecodeAhead {
public:
    /// @param from  where to begin, in the file's own time, from the keyframe before on
    DecodeAhead(std::string path, Duration from);
    ~DecodeAhead();
    DecodeAhead(const DecodeAhead&) = delete;
    DecodeAhead& operator=(const DecodeAhead&) = delete;

    /// Waits until it is known what comes next.
    /// @return that, in the file's own time, if it begins at or before `t`
    std::optional<MediaItem> take(Duration t) EXCLUDES(mutex_);

    bool isOver() const EXCLUDES(mutex_);
    /// Why nothing, or not everything, came of the file; empty when all is well. Of use once it is over.
    std::string fault() const EXCLUDES(mutex_);

private:
    /// Enough to keep decoders busy while a tick takes its time; a picture of 1080p has 3 MB.
    static constexpr std::size_t kMostPictures = 8;
    static constexpr std::size_t kMostItems = 100;

    void run() EXCLUDES(mutex_);
    bool put(MediaItem item) EXCLUDES(mutex_);
    void end(std::string fault) EXCLUDES(mutex_);

    // State
    const std::string path_;
    const Duration from_;
    mutable Mutex mutex_;
    CondVar changed_;
    std::deque<MediaItem> items_ GUARDED_BY(mutex_);
    std::size_t pictures_ GUARDED_BY(mutex_) = 0;  ///< among `items_`
    bool isDecoded_ GUARDED_BY(mutex_) = false;
    bool isStopping_ GUARDED_BY(mutex_) = false;
    std::string fault_ GUARDED_BY(mutex_);
    Thread thread_;
};

}  // namespace tessera
