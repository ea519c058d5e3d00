#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "mcu/base/result.h"

#include "api/store/records.h"
#include "pipelines/outputs/media_finish.h"

namespace tessera {

/// What a media library does for the files of a recording that has ended; each may be null.
struct MediaWork {
    struct Facts {
        std::int64_t beginsMs = 0;    ///< of the first picture or sound
        std::int64_t durationMs = 0;  ///< from 0 to the end of the last one
        std::string videoCodec, audioCodec;
        int width = 0, height = 0;
    };
    /// How long a file plays that has not been finished, ms; 0 = it does not.
    std::function<std::int64_t(const std::string& path)> duration;
    /// Makes a file what it shall be for good, where that is possible, and tells what it holds. The file stays readable
    /// whatever happens.
    std::function<Facts(const std::string& path, const std::vector<MediaChapter>& chapters,
                        const std::atomic<bool>& stopping)>
        finish;
    /// Writes the poster image of a media file.
    std::function<Status(const std::string& media, const std::string& poster)> poster;
};

/// Kind of the one file that an isolated recording is registered with.
inline constexpr const char* kScoreKind = "score";

/// Finishes the files of a recording that is not written any more: each media file, the poster image `poster.jpg`, and
/// `manifest.json` with all of them, their digests, and what happened meanwhile as the journal tells it; of an isolated
/// recording also `cut_list.json` and `cut_list.otio`.
///
/// @param record  as it was when its writer ended
/// @param folder  of the recording
/// @return        the record in state Ready with its files, or Failed with the reason; when `stopping` was set
/// meanwhile
///                it is of no use: the files are whole, and are finished again at the next start
/// @thread any that may wait for the disk; takes as long as the files are large
RecordingRecord finishRecordingFiles(RecordingRecord record, const std::string& folder, const MediaWork& work,
                                     const std::atomic<bool>& stopping);

/// Finishes one media file of a recording that goes on in another; finishRecordingFiles takes it as it is.
///
/// @return  the file and its captions; none when it holds no media, cannot be read, or `stopping` was set meanwhile
/// @thread  as finishRecordingFiles, one after another
std::vector<RecordingFile> finishSegment(const std::string& folder, const std::string& name, const MediaWork& work,
                                         const std::atomic<bool>& stopping);

}  // namespace tessera
