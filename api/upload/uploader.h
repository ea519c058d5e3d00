#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "mcu/base/sync.h"

#include "api/events/event_log.h"
#include "api/store/store.h"
#include "api/upload/upload_session.h"

namespace tessera {

struct UploadOptions {
    std::vector<UploadTarget> targets;
    std::int64_t partBytes = 16 << 20;
    bool deleteLocal = false;  ///< once every target holds it, verified
};

/// Takes finished recordings, and finished files of those that go on, to the places that the configuration names, one
/// after another. What was done of one is kept in the store: a restart goes on behind the last part. What cannot work
/// is failed at once, what may work later is tried for about eight hours.
/// @thread any
class Uploader {
public:
    static constexpr int kAttempts = 20;

    /// Takes up what was left. @param store, log  outlive it
    static Result<std::unique_ptr<Uploader>> create(Store& store, EventLog& log, UploadOptions options);
    ~Uploader() { stop(); }

    /// A recording has become ready, or a file of it that is not its last. Returns at once.
    void add(const RecordingRecord& recording) EXCLUDES(mutex_);
    /// A recording has failed: what is left of it goes where files of it went before. Returns at once.
    void goOn(const RecordingRecord& recording) EXCLUDES(mutex_);

    /// Breaks off what is under way. May be called twice.
    void stop();

private:
    struct Job {
        RecordingId recording;
        std::string target;
        int attempts = 0;
        MonotonicTime due{};
    };
    Uploader(Store& store, EventLog& log, UploadOptions options)
        : store_(store), log_(log), options_(std::move(options)) {}
    void run();
    std::optional<Job> take() EXCLUDES(mutex_);
    void putBack(Job job) EXCLUDES(mutex_);
    void work(Job job);
    Status send(const RecordingRecord& recording, UploadRecord& upload, const UploadTarget& target);
    void settle(Job job, const RecordingRecord& recording, UploadRecord upload, const Status& sent);
    void removeLocal(const RecordingRecord& recording);
    void tell(const RecordingRecord& recording, const UploadRecord& upload);
    bool pause(Duration time) EXCLUDES(mutex_);
    const UploadTarget* find(const std::string& name) const;

    // Borrowed
    Store& store_;
    EventLog& log_;
    // State
    const UploadOptions options_;
    SteadyClock clock_;
    Mutex mutex_;
    CondVar wake_;
    std::deque<Job> jobs_ GUARDED_BY(mutex_);
    std::uint64_t added_ GUARDED_BY(mutex_) = 0;  ///< jobs so far
    std::atomic<bool> stopping_{false};
    Thread thread_;
};

}  // namespace tessera
