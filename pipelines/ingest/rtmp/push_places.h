#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mcu/base/sync.h"

#include "pipelines/ingest/rtmp/byte_pipe.h"

namespace tessera {

/// Where one sender may push to; waits for it, and for it again when it comes back.
/// @thread any
class PushPlace {
public:
    PushPlace(std::string application, std::string key) : application_(std::move(application)), key_(std::move(key)) {}
    /// Sends away who pushes.
    ~PushPlace();
    PushPlace(const PushPlace&) = delete;
    PushPlace& operator=(const PushPlace&) = delete;

    /// What a sender pushes, as FLV, from its begin. @error timeout: `interrupt` was due before one came
    Result<std::shared_ptr<BytePipe>> wait(const Interrupt& interrupt) EXCLUDES(mutex_);

private:
    friend class PushPlaces;
    /// The comparison takes as long for every key of the same length.
    bool isCalled(std::string_view application, std::string_view key) const;
    /// @return null: a sender is there
    std::shared_ptr<BytePipe> enter() EXCLUDES(mutex_);

    const std::string application_, key_;
    mutable Mutex mutex_;
    CondVar condition_;
    std::shared_ptr<BytePipe> waiting_ GUARDED_BY(mutex_);  ///< has come, and is not yet read
    std::weak_ptr<BytePipe> present_ GUARDED_BY(mutex_);
};

/// All places of the process that senders may push to.
/// @thread any
class PushPlaces {
public:
    /// It is there until the last who holds it lets it go. @error conflict: there is one of that name
    Result<std::shared_ptr<PushPlace>> open(std::string_view application, std::string_view key) EXCLUDES(mutex_);

    /// Lets a sender in. @return what it is to write into
    /// @error not_found: nobody waits for it; conflict: another one is there. The same words for a wrong application
    ///        and a wrong key
    Result<std::shared_ptr<BytePipe>> enter(std::string_view application, std::string_view key) EXCLUDES(mutex_);

private:
    std::shared_ptr<PushPlace> find(std::string_view application, std::string_view key) EXCLUDES(mutex_);

    mutable Mutex mutex_;
    std::vector<std::weak_ptr<PushPlace>> places_ GUARDED_BY(mutex_);
};

}  // namespace tessera
