#include "pipelines/ingest/network/stream_ingest.h"

#include <atomic>

#include "mcu/base/log.h"

#include "pipelines/av/interrupt.h"
#include "pipelines/ingest/network/stream_input.h"
#include "pipelines/outputs/back_off.h"

namespace tessera {
namespace {

constexpr Duration kForEver = std::chrono::hours(24 * 365);
constexpr Duration kStalledAfter = std::chrono::seconds(3);
constexpr Duration kStep = std::chrono::milliseconds(100);
/// Decoded this much before its time: more than decoding and a scheduler's delays, less than a FrameMailbox holds.
constexpr Duration kLead = std::chrono::milliseconds(150);
/// How much of a paced stream is read beyond its latency.
constexpr Duration kReadAhead = std::chrono::seconds(2);
constexpr BackOffPolicy kBackOff{
    .first = std::chrono::milliseconds(500), .longest = std::chrono::seconds(10), .settled = std::chrono::seconds(12)};

class StreamIngest final : public Ingest {
public:
    StreamIngest(StreamKind kind, const IngestContext& context)
        : timeline_(context.timeline),
          kind_(std::move(kind)),
          feed_(context.feed),
          interrupt_(context.timeline.clock()),
          clock_(kind_.clock, kind_.latency),
          thread_("stream-read", [this] { run(); }) {}
    ~StreamIngest() override {
        isStopping_ = true;
        interrupt_.endBy(timeline_.clock().now());
        thread_.join();
        feed_->setState(SourceState::Ended);
    }

private:
    void run();
    bool connectOnce();
    bool play(StreamInput& input);
    void readAll(StreamInput& input, PacketLine& line);
    void decodeAll(StreamDecoder& decoder, PacketLine& line);
    void watchForStall(const PacketLine& line);
    void holdBack(const PacketLine& line);
    void rest(Duration wait);
    void tell(const Error& error);
    bool judge(const Error& error);

    // Borrowed
    const Timeline& timeline_;
    // Owned
    StreamKind kind_;
    const SourceFeedPtr feed_;
    Interrupt interrupt_;
    // State
    StreamClock clock_;
    BackOff backOff_{kBackOff};
    std::atomic<bool> isStopping_{false}, hasFailed_{false}, isDrained_{false};
    std::atomic<std::int64_t> lastPacket_{0};  ///< nanoseconds of the meeting
    bool wasLive_ = false;
    Thread thread_;
};

void StreamIngest::tell(const Error& error) {
    if (isStopping_) return;
    feed_->setError(error.message);
    log(LogLevel::Info, "source", "a stream is away", {{"url", kind_.shown}, {"reason", error.message}});
}

void StreamIngest::rest(Duration wait) {
    const MonotonicTime end = timeline_.clock().now() + wait;
    while (!isStopping_ && timeline_.clock().now() < end) {
        timeline_.clock().sleepUntil(std::min(end, timeline_.clock().now() + kStep));
    }
}

void StreamIngest::run() {
    while (!isStopping_) {
        const MonotonicTime begin = timeline_.clock().now();
        const bool goesOn = connectOnce();
        if (isStopping_) return;
        if (!goesOn) {
            kind_.locate = nullptr;  // and with it the place that senders come to
            feed_->setState(hasFailed_ ? SourceState::Failed : SourceState::Ended);
            return;
        }
        feed_->setState(wasLive_ ? SourceState::Stalled : SourceState::Connecting);
        const Duration held = timeline_.clock().now() - begin;
        rest(kind_.isPushed ? kBackOff.first : backOff_.next(held));
        feed_->reconnects.add();
    }
}

/// Tells why the stream is away. @return false when there is no use in another attempt
bool StreamIngest::judge(const Error& error) {
    tell(error);
    if (error.code == ErrorCode::InvalidArgument || error.code == ErrorCode::Unsupported) hasFailed_ = true;
    return !hasFailed_;
}

/// @return false when there is no use in another attempt
bool StreamIngest::connectOnce() {
    interrupt_.allow(kind_.isPushed ? kForEver : kind_.openWithin);
    const auto address = kind_.locate(interrupt_);
    if (!address) return judge(address.error());
    interrupt_.allow(kind_.listens && !kind_.isPushed ? kForEver : kind_.openWithin);
    auto input = StreamInput::open(kind_, *address, interrupt_);
    if (!input) return judge(input.error());
    return play(**input);
}

bool StreamIngest::play(StreamInput& input) {
    if (const Status taken = input.checkPictures(); !taken) return judge(taken.error());
    auto decoder = input.makeDecoder(feed_);
    if (!decoder) {
        tell(decoder.error());
        return true;
    }
    clock_.restart();
    isDrained_ = false;
    lastPacket_ = timeline_.now().time_since_epoch().count();
    PacketLine line;
    {
        const Thread decoding("stream-decode", [&] { decodeAll(**decoder, line); });
        readAll(input, line);
        if (input.isAtEnd() && kind_.clock == StreamClock::Kind::Paced) {
            while (!line.isEmpty() && !isStopping_ && !hasFailed_) rest(kStep);
            isDrained_ = true;
        }
        line.close();
    }
    return !hasFailed_ && !isDrained_;
}

void StreamIngest::readAll(StreamInput& input, PacketLine& line) {
    while (!isStopping_ && !hasFailed_) {
        interrupt_.allow(kind_.goneAfter);
        auto read = input.read();
        if (!read) {
            judge(read.error());
            return;
        }
        if (!*read) continue;
        const MediaTime arrival = timeline_.now();
        lastPacket_ = arrival.time_since_epoch().count();
        auto& packet = **read;
        feed_->packetsReceived.add();
        feed_->bytesReceived.add(static_cast<std::uint64_t>(packet.packet->size));
        const auto offset = clock_.observe(packet.medium, packet.stamp, arrival);
        const bool isPaced = kind_.clock == StreamClock::Kind::Paced;
        if (!line.push({std::move(packet.packet), packet.medium, offset.value, MediaTime(packet.stamp + offset.value),
                        offset.jumped},
                       isPaced))
            return;
        if (isPaced) holdBack(line);
    }
}

/// A server would send a paced stream faster than it is played.
void StreamIngest::holdBack(const PacketLine& line) {
    while (!isStopping_ && line.end() > timeline_.now() + kind_.latency + kReadAhead) {
        lastPacket_ = timeline_.now().time_since_epoch().count();
        rest(std::chrono::milliseconds(20));
    }
}

void StreamIngest::watchForStall(const PacketLine& line) {
    if (kind_.clock == StreamClock::Kind::Paced && !line.isEmpty()) return;  // what was read ahead is still played
    const Duration silence = timeline_.now().time_since_epoch() - Duration(lastPacket_.load());
    if (silence < kStalledAfter || feed_->state() != SourceState::Live) return;
    feed_->setError(kind_.shown + ": nothing comes");
    feed_->setState(SourceState::Stalled);
}

void StreamIngest::decodeAll(StreamDecoder& decoder, PacketLine& line) {
    while (!isStopping_) {
        const auto packet = line.pop(timeline_, kLead, kStep);
        if (!packet) {
            if (line.isClosed()) return;
            watchForStall(line);
            continue;
        }
        const auto written = decoder.decode(*packet);
        if (!written) {
            tell(written.error());
            hasFailed_ = true;
            return line.close();
        }
        if (*written == 0 || feed_->state() == SourceState::Live) continue;
        wasLive_ = true;
        feed_->setState(SourceState::Live);
    }
}

}  // namespace

std::unique_ptr<Ingest> createStreamIngest(StreamKind kind, const IngestContext& context) {
    return std::make_unique<StreamIngest>(std::move(kind), context);
}

}  // namespace tessera
