#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "mcu/base/result.h"
#include "mcu/base/task_queue.h"

#include "api/auth/api_key.h"
#include "api/store/recording_folders.h"
#include "api/store/records.h"
#include "api/store/store_options.h"

namespace tessera {

class Database;
class FolderLock;

/// What survives a restart. One thread owns the database; every call posts there and waits at most the deadline. The
/// folders of recordings, whose disk may be another one and may not answer, are the business of two other threads.
///
/// @thread any but the store's own
/// @error  every call: timeout, with the reason where a disk does not answer; internal (the disk is full, the file is
///         damaged)
class Store {
public:
    /// Opens or makes the database, brings its schema up to date, and recovers what a crash left: recordings in state
    /// recording or finalizing become ready when their file holds media, else failed. Meetings keep their state:
    /// whoever owns them decides whether a live one goes on.
    /// @error invalid_argument (`field` "data.dir"): cannot be made or written, is of a newer version, or
    ///        belongs to another server that runs
    static Result<std::unique_ptr<Store>> create(StoreOptions options);
    ~Store();

    /// Inserts, or replaces what has the same id.
    Status saveMeeting(const MeetingRecord& record);
    Result<MeetingRecord> meeting(const MeetingId& id);             ///< @error not_found
    Result<Page<MeetingRecord>> meetings(const PageRequest& page);  ///< oldest first
    Status deleteMeeting(const MeetingId& id);                      ///< @error not_found. Its recordings stay

    /// Registers a recording and makes its folder. @return the path that the file shall have
    Result<std::string> createRecording(const RecordingRecord& record);
    /// Forgets a recording that did not begin.
    Status dropRecording(const RecordingId& id);
    /// The writer is done: finalizing now; its files are finished on a thread of their own (finishRecordingFiles), then
    /// ready, or failed when there is no media or `error` is not empty.
    Status finishRecording(const RecordingId& id, std::int64_t durationMs, const std::string& error);
    /// Nothing more is written to a file of a recording that goes on in another one: it is finished now, and listed.
    /// Returns at once. @param path  as createRecording's, of this or a later file
    void finishSegment(const std::string& path);
    /// Replaces what is kept of a rendering. @error not_found
    Status noteRender(const RecordingId& id, const std::string& render);
    Result<RecordingRecord> recording(const RecordingId& id);  ///< @error not_found
    /// Newest first. @param meeting  empty = all
    Result<Page<RecordingRecord>> recordings(const MeetingId& meeting, const PageRequest& page);
    /// Removes the row and the files. @error not_found; conflict: still being written
    Status deleteRecording(const RecordingId& id);
    /// Path of a finished recording's file. @error not_found: no such recording, or `name` is not one of its files
    Result<std::string> recordingFile(const RecordingId& id, const std::string& name);

    /// Keeps an event in the journals of the recordings of its meeting that are being written, or of one of them.
    /// Returns at once.
    void noteEvent(MeetingEvent event, RecordingId only = {}) { folders_.note(std::move(event), std::move(only)); }

    /// Keep what a meeting's picture and sound are made of, for its recordings. Return at once.
    void noteScore(const MeetingId& meeting, MeetingScorePtr score) { folders_.note(meeting, std::move(score)); }
    void noteSpeakers(const MeetingId& meeting, SpeakerOrder order) { folders_.note(meeting, std::move(order)); }

    Status addKey(const StoredKey& key);
    Result<std::optional<StoredKey>> findKey(const std::string& hash);
    Result<std::vector<StoredKey>> keys();
    Status removeKey(const std::string& id);  ///< @error not_found

    /// Returns at once; a failure is logged.
    void addUpload(UploadRecord record);
    Status saveUpload(const UploadRecord& record);                                         ///< of what is there already
    Result<UploadRecord> upload(const RecordingId& recording, const std::string& target);  ///< @error not_found
    Result<std::vector<UploadRecord>> uploads(const RecordingId& recording);
    Result<std::vector<UploadRecord>> waitingUploads();
    std::string folderOf(const RecordingId& recording) const;
    /// The targets of its uploads hold it: removes its files, and keeps the rest.
    Status removeLocalFiles(const RecordingId& recording);

    Status saveWebhook(const WebhookRecord& record);  ///< inserts, or replaces what has the same id
    Result<std::vector<WebhookRecord>> webhooks();
    Status deleteWebhook(const WebhookId& id);  ///< with its deliveries. @error not_found
    /// These return at once; a failure is logged.
    void addDelivery(DeliveryRecord record);
    void removeDelivery(const WebhookId& webhook, const std::string& event);
    Result<std::vector<DeliveryRecord>> deliveries();  ///< oldest first

    /// Returns at once; a failure is logged.
    void appendAudit(AuditEntry entry);
    Result<Page<AuditEntry>> auditLog(const PageRequest& page);  ///< newest first

    /// @param scope        who uses the key: keys of two callers are different keys
    /// @param fingerprint  digest of method, path and body
    Result<IdempotencyClaim> claimIdempotencyKey(const std::string& scope, const std::string& key,
                                                 const std::string& fingerprint);
    Status completeIdempotencyKey(const std::string& scope, const std::string& key, const RememberedReply& reply);
    /// The request failed without changing anything: the key may be used again.
    Status releaseIdempotencyKey(const std::string& scope, const std::string& key);

    /// Waits until everything posted so far, digests included, is done.
    Status flush(Duration deadline);
    /// Does what was posted, then closes the database. May be called twice.
    /// @error timeout: the disk of the recordings does not answer; their threads stay, and the process must end without
    ///        destroying the store. What they did is taken up at the next start
    Status stop();

private:
    Store(StoreOptions options, std::unique_ptr<Database> database);
    Status recover();
    bool awaitDisk();
    void finishFiles(const RecordingRecord& record);
    void finishFile(const RecordingId& id, const std::string& name);
    void noteFiles(const RecordingId& id, const std::vector<RecordingFile>& files);
    void dropUnfinishedRender(RecordingRecord& record) const;
    void retire();
    void scheduleRetire();
    /// Runs `function` on the database's thread and waits.
    template <typename Function>
    auto call(Function function) -> decltype(function()) {
        return queue_.call(options_.deadline, std::move(function));
    }

    // Owned
    StoreOptions options_;
    std::unique_ptr<FolderLock> lock_;
    std::unique_ptr<Database> database_;  ///< used on queue_ only
    RecordingFolders folders_;
    TaskQueue queue_;
    TaskQueue files_;  ///< work on large files, which would keep everybody else waiting
    // State
    std::atomic<bool> stopping_{false};
};

}  // namespace tessera
