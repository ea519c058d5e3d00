#include "pipelines/outputs/disk_output.h"

#include <algorithm>
#include <atomic>
#include <vector>

#include "mcu/base/log.h"

namespace tessera {
namespace {

/// How often a wait for the thread looks whether the disk answers.
constexpr Duration kLook = std::chrono::milliseconds(100);

/// The outputs that nobody waits for, each with the thread that destroys it.
class LeftOutputs {
public:
    /// Never destroyed, since its threads may be there when the process ends.
    static LeftOutputs& all() {
        static auto* const outputs = new LeftOutputs;
        return *outputs;
    }

    void add(std::unique_ptr<Output> output) EXCLUDES(mutex_) {
        const auto isOver = std::make_shared<std::atomic<bool>>(false);
        auto shared = std::shared_ptr<Output>(std::move(output));
        Lock lock(mutex_);
        std::erase_if(left_, [](const Left& each) { return each.isOver->load(); });
        left_.push_back({isOver, Thread("disk-left", [isOver, shared = std::move(shared)]() mutable {
                             shared.reset();
                             *isOver = true;
                         })});
    }
    bool areThere() EXCLUDES(mutex_) {
        Lock lock(mutex_);
        return std::any_of(left_.begin(), left_.end(), [](const Left& each) { return !each.isOver->load(); });
    }

private:
    struct Left {
        std::shared_ptr<std::atomic<bool>> isOver;
        Thread thread;
    };
    Mutex mutex_;
    std::vector<Left> left_ GUARDED_BY(mutex_);
};

}  // namespace

void DiskThread::began(const Status& result) {
    Lock lock(mutex_);
    begun_ = result;
    changed_.notifyAll();
}

void DiskThread::ended() {
    Lock lock(mutex_);
    hasEnded_ = true;
    changed_.notifyAll();
}

Status DiskThread::awaitBegin() {
    Lock lock(mutex_);
    if (changed_.waitFor(mutex_, kBeginTime, [this] { return begun_.has_value(); })) return *begun_;
    isGivenUp_ = true;
    return Error{ErrorCode::Timeout, kDiskNoAnswer, {}};
}

bool DiskThread::awaitEnd() {
    Lock lock(mutex_);
    if (!stoppedAt_) stoppedAt_ = clock_.now();
    while (!hasEnded_ && !isGivenUp_) {
        changed_.waitFor(mutex_, kLook, [this] { return hasEnded_; });
        isGivenUp_ = !hasEnded_ && (watch.isHung() || clock_.now() - *stoppedAt_ >= kStopTime);
    }
    return hasEnded_;
}

bool DiskThread::drainExpired() const {
    Lock lock(mutex_);
    return isGivenUp_ || (stoppedAt_ && clock_.now() - *stoppedAt_ > kDrainTime);
}

bool DiskThread::hasEnded() const {
    Lock lock(mutex_);
    return hasEnded_;
}

DiskOutput::~DiskOutput() {
    output_->stop();
    if (thread_.hasEnded()) return;
    output_->setKeyframeRequest({});
    log(LogLevel::Warning, "output", "the disk does not answer: the end of a recording is not waited for");
    LeftOutputs::all().add(std::move(output_));
}

bool areOutputsLeft() {
    return LeftOutputs::all().areThere();
}

}  // namespace tessera
