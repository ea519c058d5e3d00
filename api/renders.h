#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "mcu/base/sync.h"
#include "mcu/base/task_queue.h"

#include "api/json.h"
#include "api/store/store.h"
#include "pipelines/render/render.h"

namespace tessera {

/// What was asked for.
struct RenderRequest {
    RecordingRecord of;  ///< ready
    RecordedMeeting meeting;
    RenderOptions options;
    Json body;  ///< the options as the caller has written them
};

/// Renders recordings one after another, beside the meetings and after them: on a thread of low priority.
/// @thread any
class Renders {
public:
    /// @param store, factory  outlive it
    Renders(Store& store, MediaFactory& factory) : store_(store), factory_(factory), queue_("render") {}
    ~Renders() { stop(); }

    /// Registers a recording and puts it at the end of the queue.
    /// @error capacity: too many wait; those of the store
    Result<RecordingRecord> start(RenderRequest request) EXCLUDES(mutex_);

    /// Gives one up that waits or runs, and waits until it has ended as failed.
    /// @return false when there is none of that id
    bool cancel(const RecordingId& id) EXCLUDES(mutex_);

    /// How far it is, 0 to 1. @return nothing when there is none of that id
    std::optional<double> progress(const RecordingId& id) const EXCLUDES(mutex_);
    /// Whether one that waits or runs is made of that recording.
    bool uses(const RecordingId& of) const EXCLUDES(mutex_);

    /// Gives up all of them; they are failed. May be called twice.
    void stop() EXCLUDES(mutex_);

private:
    static constexpr std::size_t kMost = 100;
    static constexpr Duration kPatience = std::chrono::seconds(5);

    struct Job {
        RecordingId id, of;
        RenderRequest request;
        std::string path;
        RenderControl control{};
        bool isRunning = false;  ///< guarded by Renders::mutex_
    };
    using JobPtr = std::shared_ptr<Job>;

    void run(const JobPtr& job) EXCLUDES(mutex_);
    bool begin(const JobPtr& job) EXCLUDES(mutex_);
    void finish(const Job& job, const Result<RenderReport>& report);
    void forget(const JobPtr& job) EXCLUDES(mutex_);

    // Borrowed
    Store& store_;
    MediaFactory& factory_;
    // State
    mutable Mutex mutex_;
    CondVar changed_;
    std::map<RecordingId, JobPtr> jobs_ GUARDED_BY(mutex_);
    std::atomic<bool> isStopping_{false};
    TaskQueue queue_;
};

}  // namespace tessera
