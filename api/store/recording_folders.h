#pragma once

#include <atomic>
#include <map>
#include <string>
#include <vector>

#include "mcu/base/disk_watch.h"
#include "mcu/base/result.h"
#include "mcu/base/task_queue.h"
#include "mcu/meeting/meeting_stats.h"

#include "api/store/recording_score.h"

namespace tessera {

/// The folders of recordings and the small files in them: what happens in a meeting is noted in those of its recordings
/// that are being written. One thread touches them, so that nobody else waits for a disk that does not answer.
/// @thread any; what returns nothing returns at once
class RecordingFolders {
public:
    /// @param deadline  of what returns a Status
    RecordingFolders(std::string dataDir, Duration deadline) : dir_(std::move(dataDir)), deadline_(deadline) {}

    /// @error internal: the disk; timeout: it does not answer
    Status make(const RecordingId& id);
    /// With all that is in it. @error as make
    Status remove(const RecordingId& id);
    /// As `remove`, some time.
    void drop(const RecordingId& id);

    /// The recording is being written from now on: its score begins with what is in force.
    void begin(const MeetingId& meeting, const RecordingId& id);
    /// It is not any more. Calls `then` on the thread, behind everything that was noted before.
    void end(const RecordingId& id, TaskQueue::Task then);
    /// Calls `then` on the thread, behind everything that was noted before.
    void afterNotes(TaskQueue::Task then);

    /// Keep something in the folders of the meeting's recordings that are being written; of an event, or in one.
    void note(MeetingEvent event, RecordingId only);
    void note(const MeetingId& meeting, MeetingScorePtr score);
    void note(const MeetingId& meeting, SpeakerOrder order);

    /// Waits for what was asked for so far. @error timeout
    Status flush(Duration deadline);
    /// Drops what has not begun, waits for the rest. May be called twice.
    void stop() { queue_.stop(); }

    /// What is said of a disk that does not answer.
    static Error noAnswer();

private:
    template <typename Function>
    Status call(Function function);
    void post(TaskQueue::Task task);
    std::string pathOf(const RecordingId& id) const;
    std::vector<std::string> foldersOf(const MeetingId& meeting) const;

    const std::string dir_;
    const Duration deadline_;
    // State
    DiskWatch watch_;
    std::atomic<int> waiting_{0};  ///< notes that were posted and are not done
    std::atomic<bool> isLosing_{false};
    std::multimap<MeetingId, RecordingId> beingWritten_;  ///< by meeting; the thread's
    RecordingScores scores_;                              ///< the thread's
    TaskQueue queue_{"store-disk"};
};

}  // namespace tessera
