#include "pipelines/outputs/mux_output.h"

#include <utility>

#include "mcu/base/log.h"
#include "mcu/media/packet_queue.h"

#include "pipelines/outputs/mux_session.h"

namespace tessera {
namespace {

/// Longer than a disk's usual stall, since a recording had better be late than incomplete.
constexpr PacketQueue::Limits kQueueLimits{std::chrono::seconds(8), 64U << 20U};
/// What is still queued is written for this long after `stop`; the trailer must fit into the rest of five seconds.
constexpr Duration kDrainTime = std::chrono::seconds(3);

class MuxOutput final : public Output {
public:
    MuxOutput(MuxSpec spec, std::unique_ptr<MuxTarget> target)
        : spec_(std::move(spec)), target_(std::move(target)), queue_(kQueueLimits) {
        thread_ = Thread("mux", [this] { run(); });
    }
    ~MuxOutput() override { stop(); }

    void offer(PacketPtr packet) override { queue_.offer(std::move(packet)); }

    void stop() override {
        {
            Lock lock(mutex_);
            if (!drainUntil_) drainUntil_ = clock_.now() + kDrainTime;
        }
        queue_.close();
        thread_.join();
    }

    OutputStats stats() const override {
        Lock lock(mutex_);
        OutputStats stats = stats_;
        stats.bytes = bytes_.value();
        stats.packetsDropped = queue_.dropped();
        return stats;
    }

private:
    /// Counts what goes to the real target.
    struct CountingTarget final : MuxTarget {
        explicit CountingTarget(MuxOutput& output) : owner(output) {}
        Status write(std::span<const std::uint8_t> bytes) override {
            TESSERA_TRY(owner.target_->write(bytes));
            owner.bytes_.add(bytes.size());
            return kOk;
        }
        Status onFragment() override { return owner.target_->onFragment(); }
        Status close() override { return owner.target_->close(); }
        MuxOutput& owner;
    };

    void run() {
        Status result = kOk;
        while (result) {
            const PacketPtr packet = queue_.take(spec_.fragment);
            if (packet && drainExpired()) break;
            if (packet) {
                result = write(packet);
            } else if (queue_.isClosed()) {
                break;
            } else {
                result = session_.flush();
            }
        }
        end(std::move(result));
    }

    bool drainExpired() const {
        Lock lock(mutex_);
        return drainUntil_ && clock_.now() > *drainUntil_;
    }

    Status write(const PacketPtr& packet) {
        TESSERA_TRY(session_.write(packet));
        Lock lock(mutex_);
        if (session_.hasBegun()) stats_.state = OutputState::Live;
        stats_.duration = session_.duration();
        return kOk;
    }

    void end(Status result) {
        queue_.close();
        const Status finished = session_.finish();
        if (result && !finished) result = finished;
        const Status closed = target_->close();
        if (result && !closed) result = closed;
        Lock lock(mutex_);
        stats_.state = result ? OutputState::Stopped : OutputState::Failed;
        if (result) return;
        stats_.lastError = result.error().message;
        log(LogLevel::Error, "output", result.error().message);
    }

    // Owned
    MuxSpec spec_;
    std::unique_ptr<MuxTarget> target_;
    SteadyClock clock_;
    PacketQueue queue_;
    // Owned by the thread
    CountingTarget counting_{*this};
    MuxSession session_{spec_, counting_};
    // State
    Counter bytes_;
    mutable Mutex mutex_;
    OutputStats stats_ GUARDED_BY(mutex_);
    std::optional<MonotonicTime> drainUntil_ GUARDED_BY(mutex_);
    Thread thread_;
};

}  // namespace

std::unique_ptr<Output> createMuxOutput(MuxSpec spec, std::unique_ptr<MuxTarget> target) {
    return std::make_unique<MuxOutput>(std::move(spec), std::move(target));
}

}  // namespace tessera
