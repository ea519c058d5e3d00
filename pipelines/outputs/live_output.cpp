#include "pipelines/outputs/live_output.h"

#include <atomic>
#include <utility>

#include "mcu/base/log.h"

#include "pipelines/outputs/mux_session.h"
#include "pipelines/outputs/packet_output.h"

namespace tessera {
namespace {

/// How often an idle output looks whether it has been stopped.
constexpr Duration kIdleTime = std::chrono::milliseconds(500);
constexpr Duration kUnlimited = std::chrono::hours(24 * 365);
/// A write that has taken this long when the output is stopped is not waited for.
constexpr Duration kStuckTime = std::chrono::milliseconds(200);
constexpr std::int64_t kNotWriting = -1;
/// For the thread to come back after its last wait was interrupted: libavformat asks every 100 ms.
constexpr Duration kInterruptTime = std::chrono::seconds(1);

bool isWorthRetrying(const Error& error) {
    return error.code == ErrorCode::Unreachable || error.code == ErrorCode::Timeout;
}

class LiveOutput final : public PacketOutput {
public:
    explicit LiveOutput(LiveSpec spec) : PacketOutput(spec.queue), spec_(std::move(spec)), backOff_(spec_.backOff) {
        thread_ = Thread("live-output", [this] { run(); });
    }
    ~LiveOutput() override { stop(); }

    void stop() override {
        queue_.close();
        Lock lock(mutex_);
        // Only a connection that works is ended in order; every other wait ends now.
        const bool isWorking = stats_.state == OutputState::Live && !isStuck();
        if (!isStopping_) interrupt_.endBy(clock_.now() + (isWorking ? spec_.stopTime : Duration{}));
        isStopping_ = true;
        wake_.notifyAll();
        wake_.waitFor(mutex_, spec_.stopTime + kInterruptTime, [this] { return hasEnded_; });
    }

private:
    void run() {
        Status result = kOk;
        do {
            liveSince_.reset();
            result = connectAndSend();
        } while (!result && isWorthRetrying(result.error()) && retry(result.error()));
        leave(result);
    }

    bool isStuck() const {
        const std::int64_t since = writingSince_;
        return since != kNotWriting && clock_.now().time_since_epoch() - Duration(since) > kStuckTime;
    }

    Duration connectTime() const { return spec_.connectTime > Duration{} ? spec_.connectTime : kUnlimited; }

    /// @return success when it has been stopped
    Status connectAndSend() {
        interrupt_.allow(connectTime());
        auto target = spec_.open(interrupt_);
        if (!target) return target.error();
        MuxSession session(spec_.mux, **target, bytes_);
        writingSince_ = kNotWriting;
        beginWithKeyframe();
        Status result = send(session);
        interrupt_.allow(result ? spec_.stopTime : Duration{});  // nothing is waited for on a broken connection
        if (result) result = session.finish();
        if (result) result = (*target)->close();
        return result;
    }

    /// What was encoded while there was no connection is late by now.
    void beginWithKeyframe() {
        queue_.clear();
        requestKeyframe();
    }

    /// A view in which nothing moves has few pictures and so few keyframes; who begins to watch shall not wait for
    /// longer than the keyframe interval says.
    void keepKeyframesComing(const Packet& packet) {
        if (packet.kind != MediaKind::Video || !spec_.mux.video) return;
        const auto interval = std::chrono::milliseconds(spec_.mux.video->keyframeIntervalMs);
        const bool isOverdue = packet.pts >= keyframeBy_;
        if (packet.keyframe || isOverdue) keyframeBy_ = packet.pts + interval;
        if (isOverdue && !packet.keyframe) requestKeyframe();
    }

    Status send(MuxSession& session) {
        for (;;) {
            const PacketPtr packet = queue_.take(kIdleTime);
            if (!packet && queue_.isClosed()) return kOk;
            if (!packet) continue;
            // Formats that connect on their own do so when the container begins.
            interrupt_.allow(session.hasBegun() ? spec_.stallTime : connectTime());
            keepKeyframesComing(*packet);
            const auto before = session.duration();
            writingSince_ = clock_.now().time_since_epoch().count();
            TESSERA_TRY(session.write(packet));
            writingSince_ = kNotWriting;
            if (session.hasBegun()) noteWritten(session.duration() - before, session.anchor().meeting);
        }
    }

    void noteWritten(Duration media, MediaTime begin) {
        Lock lock(mutex_);
        stats_.duration += media;
        if (!stats_.beginsAt) stats_.beginsAt = begin;
        if (liveSince_) return;
        liveSince_ = clock_.now();
        if (wasLive_) ++stats_.reconnects;
        wasLive_ = true;
        stats_.state = OutputState::Live;
        stats_.lastError.clear();
        log(LogLevel::Info, "output", "a stream is live", {{"to", spec_.name}});
    }

    /// Waits before the next attempt. @return false when it has been stopped
    bool retry(const Error& error) {
        const Duration held = liveSince_ ? clock_.now() - *liveSince_ : Duration{};
        const Duration wait = backOff_.next(held);
        Lock lock(mutex_);
        if (isStopping_) return false;
        // An address that keeps failing is logged when that begins, not at each attempt.
        if (stats_.state != OutputState::Retrying) {
            log(LogLevel::Warning, "output", "a stream broke and is tried again",
                {{"to", spec_.name}, {"reason", error.message}});
        }
        stats_.state = OutputState::Retrying;
        stats_.lastError = error.message;
        return !wake_.waitFor(mutex_, wait, [this] { return isStopping_; });
    }

    /// What goes wrong while it is being stopped is of no interest.
    void leave(const Status& result) {
        const bool failed = !result && !isStopping();
        end(failed ? result : Status(kOk), spec_.name);
        Lock lock(mutex_);
        hasEnded_ = true;
        wake_.notifyAll();
    }

    bool isStopping() const {
        Lock lock(mutex_);
        return isStopping_;
    }

    // Owned
    const LiveSpec spec_;
    SteadyClock clock_;
    Interrupt interrupt_{clock_};
    // Owned by the thread
    BackOff backOff_;
    std::optional<MonotonicTime> liveSince_;  ///< of the present connection
    MediaTime keyframeBy_{};
    // State
    std::atomic<std::int64_t> writingSince_{kNotWriting};  ///< as the clock counts
    CondVar wake_;
    bool wasLive_ GUARDED_BY(mutex_) = false;
    bool isStopping_ GUARDED_BY(mutex_) = false;
    bool hasEnded_ GUARDED_BY(mutex_) = false;
    Thread thread_;
};

}  // namespace

std::unique_ptr<Output> createLiveOutput(LiveSpec spec) {
    return std::make_unique<LiveOutput>(std::move(spec));
}

}  // namespace tessera
