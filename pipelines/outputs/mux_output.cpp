#include "pipelines/outputs/mux_output.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "mcu/base/log.h"
#include "mcu/media/packet_queue.h"

#include "pipelines/codecs/h264_bitstream.h"

namespace tessera {
namespace {

/// Longer than a disk's usual stall, since a recording had better be late than incomplete.
constexpr PacketQueue::Limits kQueueLimits{std::chrono::seconds(8), 64U << 20U};
/// Sound that waits for the first keyframe: more than any keyframe interval's encode delay.
constexpr std::size_t kMaxHeldPackets = 200;
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
                result = muxer_ ? write(*packet) : begin(packet);
            } else if (queue_.isClosed()) {
                break;
            } else {
                result = flush();
            }
        }
        end(std::move(result));
    }

    bool drainExpired() const {
        Lock lock(mutex_);
        return drainUntil_ && clock_.now() > *drainUntil_;
    }

    /// Opens the container when the first keyframe has come, and writes the sound that came before it but belongs
    /// after.
    Status begin(const PacketPtr& packet) {
        const bool isWanted = packet->kind == MediaKind::Video ? spec_.video.has_value() : spec_.audio.has_value();
        if (!isWanted) return kOk;
        if (spec_.video && packet->kind == MediaKind::Audio) {
            if (held_.size() == kMaxHeldPackets) held_.pop_front();
            held_.push_back(packet);
            return kOk;
        }
        if (!packet->keyframe || packet->pts < MediaTime{}) return kOk;
        std::vector<std::uint8_t> extradata;
        if (spec_.video) {
            auto configuration = avcConfiguration(packet->bytes);
            if (!configuration) return configuration.error();
            extradata = std::move(configuration).value();
        }
        origin_ = fragmentBegin_ = packet->pts;
        auto muxer = Muxer::create(spec_, std::move(extradata), origin_, counting_);
        if (!muxer) return muxer.error();
        muxer_ = std::move(muxer).value();
        setState(OutputState::Live);
        TESSERA_TRY(write(*packet));
        for (const auto& earlier : std::exchange(held_, {})) TESSERA_TRY(write(*earlier));
        return kOk;
    }

    Status write(const Packet& packet) {
        if (packet.pts < origin_) return kOk;
        if (packet.pts - fragmentBegin_ >= spec_.fragment) {
            TESSERA_TRY(flush());
            fragmentBegin_ = packet.pts;
        }
        TESSERA_TRY(muxer_->write(packet));
        isFlushed_ = false;
        Lock lock(mutex_);
        stats_.duration = std::max(stats_.duration, packet.pts + packet.duration - origin_);
        return kOk;
    }

    Status flush() {
        if (!muxer_ || isFlushed_) return kOk;
        isFlushed_ = true;
        return muxer_->flushFragment();
    }

    void end(Status result) {
        queue_.close();
        if (muxer_) {
            const Status finished = muxer_->finish();
            if (result && !finished) result = finished;
        }
        const Status closed = target_->close();
        if (result && !closed) result = closed;
        muxer_.reset();
        Lock lock(mutex_);
        stats_.state = result ? OutputState::Stopped : OutputState::Failed;
        if (result) return;
        stats_.lastError = result.error().message;
        log(LogLevel::Error, "output", result.error().message);
    }

    void setState(OutputState state) {
        Lock lock(mutex_);
        stats_.state = state;
    }

    // Owned
    MuxSpec spec_;
    std::unique_ptr<MuxTarget> target_;
    SteadyClock clock_;
    PacketQueue queue_;
    // Owned by the thread
    CountingTarget counting_{*this};
    std::unique_ptr<Muxer> muxer_;
    std::deque<PacketPtr> held_;
    MediaTime origin_{};
    MediaTime fragmentBegin_{};
    bool isFlushed_ = true;
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
