#pragma once

#include <memory>
#include <optional>

#include "mcu/base/disk_watch.h"
#include "mcu/base/sync.h"
#include "mcu/meeting/output.h"

namespace tessera {

/// What is said of a disk that has not answered for DiskWatch::kNoAnswer.
inline constexpr const char* kDiskNoAnswer = "the disk does not answer";

/// What the thread of an output on a disk and everybody else know of each other.
/// @thread operations, began, ended: the output's own; everything else: any
class DiskThread {
public:
    /// For the disk to take the first file. Control waits for it, and those who ask control for two seconds.
    static constexpr Duration kBeginTime = std::chrono::milliseconds(1500);
    /// What is still queued is written for this long after `stop`; the trailer must fit into the rest of five seconds.
    static constexpr Duration kDrainTime = std::chrono::seconds(3);
    static constexpr Duration kStopTime = std::chrono::milliseconds(4800);

    DiskWatch watch;

    void began(const Status& result) EXCLUDES(mutex_);
    void ended() EXCLUDES(mutex_);

    /// @error as `began` was told; timeout: the disk does not answer
    Status awaitBegin() EXCLUDES(mutex_);
    /// Asks the thread to end, and waits for that; no longer when the disk is known not to answer.
    /// @return false: it has not
    bool awaitEnd() EXCLUDES(mutex_);
    /// True when nothing more than what `awaitEnd` allows can be written.
    bool drainExpired() const EXCLUDES(mutex_);
    bool hasEnded() const EXCLUDES(mutex_);

private:
    SteadyClock clock_;
    mutable Mutex mutex_;
    CondVar changed_;
    std::optional<Status> begun_ GUARDED_BY(mutex_);
    std::optional<MonotonicTime> stoppedAt_ GUARDED_BY(mutex_);
    bool hasEnded_ GUARDED_BY(mutex_) = false;
    bool isGivenUp_ GUARDED_BY(mutex_) = false;
};

/// Stands in front of an output whose thread may wait for a disk for ever: destroyed meanwhile, it leaves that thread
/// with all that it needs to itself, and waits for nothing.
class DiskOutput final : public Output {
public:
    /// @param thread  of the output, which it owns
    DiskOutput(std::unique_ptr<Output> output, const DiskThread& thread)
        : output_(std::move(output)), thread_(thread) {}
    ~DiskOutput() override;

    void offer(PacketPtr packet) override { output_->offer(std::move(packet)); }
    void stop() override { output_->stop(); }
    OutputStats stats() const override { return output_->stats(); }
    void setKeyframeRequest(std::function<void()> request) override { output_->setKeyframeRequest(std::move(request)); }
    Status setPaused(bool paused) override { return output_->setPaused(paused); }
    void addCue(const Cue& cue) override { output_->addCue(cue); }
    void setSources(const std::vector<OutputSource>& sources) override { output_->setSources(sources); }

private:
    // Owned
    std::unique_ptr<Output> output_;
    // Borrowed
    const DiskThread& thread_;
};

/// True while there is such a thread: the process cannot end in order.
bool areOutputsLeft();

}  // namespace tessera
