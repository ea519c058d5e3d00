#include "pipelines/outputs/whip_output.h"

#include <algorithm>
#include <atomic>

#include "mcu/base/log.h"
#include "mcu/base/sync.h"
#include "mcu/base/url_text.h"

#include "pipelines/http/http_fetch.h"
#include "pipelines/outputs/back_off.h"

namespace tessera {
namespace {

constexpr Duration kOfferWithin = std::chrono::seconds(3);
constexpr Duration kAnswerWithin = std::chrono::seconds(10);
/// Above PeerConnection::kConnectDeadline, which ends the attempt.
constexpr Duration kConnectedWithin = std::chrono::seconds(20);
constexpr Duration kGoodbyeWithin = std::chrono::seconds(1);
constexpr Duration kStep = std::chrono::milliseconds(50);
constexpr std::size_t kLongestAnswer = 64U << 10U;

struct WhipPlace {
    std::string url, token;
    bool isVerified = true;
};

/// What the event loop tells of one connection.
class Connecting final : public PeerListener {
public:
    explicit Connecting(std::function<void()> onKeyframe) : onKeyframe_(std::move(onKeyframe)) {}

    void onAnswer(const PeerId&, Result<std::string> sdp) override {
        Lock lock(mutex_);
        offer_ = std::move(sdp);
        changed_.notifyAll();
    }
    void onConnected(const PeerId&) override {
        Lock lock(mutex_);
        isConnected_ = true;
        changed_.notifyAll();
    }
    void onSilence(const PeerId&, bool) override {}
    void onKeyframeRequest(const PeerId&) override { onKeyframe_(); }
    void onClosed(const PeerId&, const Error& reason) override {
        Lock lock(mutex_);
        closed_ = reason;
        changed_.notifyAll();
    }

    /// Waits for the next of them. @error timeout; why it was closed
    Result<std::string> offer(const Interrupt& interrupt) EXCLUDES(mutex_) {
        Lock lock(mutex_);
        if (!waitFor(interrupt, [this] { return offer_.has_value(); })) return ended();
        return *offer_;
    }
    Status connected(const Interrupt& interrupt) EXCLUDES(mutex_) {
        Lock lock(mutex_);
        if (!waitFor(interrupt, [this] { return isConnected_; }) || !isConnected_) return ended();
        return kOk;
    }
    /// @return nothing: not yet
    std::optional<Error> closed(const Interrupt& interrupt) EXCLUDES(mutex_) {
        Lock lock(mutex_);
        waitFor(interrupt, [] { return false; });
        return closed_;
    }

private:
    template <typename Predicate>
    bool waitFor(const Interrupt& interrupt, Predicate predicate) REQUIRES(mutex_) {
        const auto isOver = [&] { return closed_.has_value() || predicate(); };
        while (!changed_.waitFor(mutex_, kStep, isOver)) {
            if (interrupt.isDue()) return false;
        }
        return !closed_;
    }
    Error ended() const REQUIRES(mutex_) {
        return closed_.value_or(Error{ErrorCode::Timeout, "no connection in time", {}});
    }

    const std::function<void()> onKeyframe_;
    Mutex mutex_;
    CondVar changed_;
    std::optional<Result<std::string>> offer_ GUARDED_BY(mutex_);
    std::optional<Error> closed_ GUARDED_BY(mutex_);
    bool isConnected_ GUARDED_BY(mutex_) = false;
};

class WhipOutput final : public Output {
public:
    WhipOutput(WhipPlace place, PublishedMedia media, WebRtcPublisher& publisher)
        : publisher_(publisher),
          place_(std::move(place)),
          media_(media),
          shown_(withoutCredentials(place_.url)),
          timeline_(clock_, clock_.now()),
          interrupt_(clock_),
          thread_("whip", [this] { run(); }) {}
    ~WhipOutput() override { stop(); }

    void offer(PacketPtr packet) override;
    void stop() override;
    OutputStats stats() const override;
    void setKeyframeRequest(std::function<void()> request) override EXCLUDES(mutex_) {
        Lock lock(mutex_);
        requestKeyframe_ = std::move(request);
    }

private:
    void run();
    Status publishOnce();
    Result<std::string> exchange(const std::string& offer, std::string& session);
    void leave(const std::string& session);
    void askForKeyframe() EXCLUDES(mutex_);
    void rest(Duration wait);
    void tell(const Error& error) EXCLUDES(mutex_);

    // Borrowed
    WebRtcPublisher& publisher_;
    // Owned
    const WhipPlace place_;
    const PublishedMedia media_;
    const std::string shown_;
    SteadyClock clock_;
    const Timeline timeline_;
    Interrupt interrupt_;
    // State
    mutable Mutex mutex_;
    std::shared_ptr<PublishingPeer> peer_ GUARDED_BY(mutex_);  ///< connected
    std::function<void()> requestKeyframe_ GUARDED_BY(mutex_);
    OutputStats stats_ GUARDED_BY(mutex_);
    std::uint64_t bytesBefore_ GUARDED_BY(mutex_) = 0, droppedBefore_ GUARDED_BY(mutex_) = 0;
    std::optional<MonotonicTime> liveSince_ GUARDED_BY(mutex_);
    BackOff backOff_{{}};
    std::atomic<bool> isStopping_{false};
    Thread thread_;
};

void WhipOutput::offer(PacketPtr packet) {
    std::shared_ptr<PublishingPeer> peer;
    {
        Lock lock(mutex_);
        peer = peer_;
    }
    if (peer) peer->offer(std::move(packet));
}

void WhipOutput::stop() {
    isStopping_ = true;
    interrupt_.endBy(clock_.now() + kGoodbyeWithin);
    thread_.join();
}

OutputStats WhipOutput::stats() const {
    Lock lock(mutex_);
    OutputStats stats = stats_;
    const PeerStats now = peer_ ? peer_->stats() : PeerStats();
    stats.bytes = bytesBefore_ + now.bytesSent;
    stats.packetsDropped = droppedBefore_ + now.packetsDropped;
    if (liveSince_) stats.duration += clock_.now() - *liveSince_;
    return stats;
}

void WhipOutput::askForKeyframe() {
    std::function<void()> request;
    {
        Lock lock(mutex_);
        request = requestKeyframe_;
    }
    if (request) request();
}

void WhipOutput::rest(Duration wait) {
    const MonotonicTime end = clock_.now() + wait;
    while (!isStopping_ && clock_.now() < end) clock_.sleepUntil(std::min(end, clock_.now() + kStep));
}

void WhipOutput::tell(const Error& error) {
    {
        Lock lock(mutex_);
        stats_.lastError = error.message;
    }
    log(LogLevel::Warning, "output", "WHIP is away", {{"url", shown_}, {"reason", error.message}});
}

void WhipOutput::run() {
    while (!isStopping_) {
        const MonotonicTime begin = clock_.now();
        const auto ended = publishOnce();
        if (isStopping_) break;
        tell(ended.error());
        const bool hasFailed =
            ended.error().code == ErrorCode::InvalidArgument || ended.error().code == ErrorCode::Unsupported;
        {
            Lock lock(mutex_);
            stats_.state = hasFailed ? OutputState::Failed : OutputState::Retrying;
            if (!hasFailed) ++stats_.reconnects;
        }
        if (hasFailed) return;
        rest(backOff_.next(clock_.now() - begin));
    }
    Lock lock(mutex_);
    stats_.state = OutputState::Stopped;
}

/// One session, from its offer to its end. @return why it ended
Status WhipOutput::publishOnce() {
    Connecting connecting([this] { askForKeyframe(); });
    const std::shared_ptr<PublishingPeer> peer = publisher_.publish(media_, timeline_, connecting);
    interrupt_.allow(kOfferWithin);
    const auto offer = connecting.offer(interrupt_);
    if (!offer) return offer.error();
    interrupt_.allow(kAnswerWithin);
    std::string session;
    const auto answer = exchange(*offer, session);
    if (!answer) {
        leave(session);
        return answer.error();
    }
    Status outcome = peer->accept(*answer);
    interrupt_.allow(kConnectedWithin);
    if (outcome) outcome = connecting.connected(interrupt_);
    if (outcome && !isStopping_) {
        {
            Lock lock(mutex_);
            peer_ = peer;
            stats_.state = OutputState::Live;
            liveSince_ = clock_.now();
        }
        askForKeyframe();
        while (!isStopping_ && outcome) {
            interrupt_.allow(kStep);
            if (const auto reason = connecting.closed(interrupt_)) outcome = *reason;
        }
    }
    leave(session);
    peer->end();  // here, whoever still holds it: it tells `connecting`
    return isStopping_ || outcome ? Status(Error{ErrorCode::Unreachable, "it was stopped", {}}) : outcome;
}

/// @param session  set to where the session can be ended, empty when it cannot
Result<std::string> WhipOutput::exchange(const std::string& offer, std::string& session) {
    HttpFetch::Request request{.url = place_.url, .method = "POST", .body = offer, .isVerified = place_.isVerified};
    request.headers = {"Content-Type: application/sdp", "Accept: application/sdp"};
    if (!place_.token.empty()) request.headers.push_back("Authorization: Bearer " + place_.token);
    const auto reply = HttpFetch::open(request, UrlPolicy({"0.0.0.0/0", "::/0"}), interrupt_);
    if (!reply) return reply.error();
    session = (*reply)->location();
    if ((*reply)->status() != 201) {
        return Error{ErrorCode::Unreachable, shown_ + ": HTTP status " + std::to_string((*reply)->status()), {}};
    }
    std::string answer;
    std::array<std::uint8_t, 4096> bytes;
    while (answer.size() <= kLongestAnswer) {
        const auto size = (*reply)->read(bytes);
        if (!size) return size.error();
        if (*size == 0) return answer;
        answer.append(reinterpret_cast<const char*>(bytes.data()), *size);
    }
    return Error{ErrorCode::Unreachable, shown_ + ": its answer is too long", {}};
}

/// Ends the session there, as well as it can be done in a moment.
void WhipOutput::leave(const std::string& session) {
    {
        Lock lock(mutex_);
        if (liveSince_) stats_.duration += clock_.now() - *liveSince_;
        liveSince_.reset();
        if (peer_) {
            const PeerStats stats = peer_->stats();
            bytesBefore_ += stats.bytesSent;
            droppedBefore_ += stats.packetsDropped;
        }
        peer_.reset();
    }
    if (session.empty()) return;
    interrupt_.allow(kGoodbyeWithin);
    HttpFetch::Request request{.url = session, .method = "DELETE", .isVerified = place_.isVerified};
    const auto there = parseSourceUrl(session), here = parseSourceUrl(place_.url);
    const bool isSameHost = there && here && there->host == here->host;
    if (!place_.token.empty() && isSameHost) request.headers.push_back("Authorization: Bearer " + place_.token);
    const auto reply = HttpFetch::open(request, UrlPolicy({"0.0.0.0/0", "::/0"}), interrupt_);
    if (!reply) log(LogLevel::Info, "output", "a WHIP session was not ended", {{"reason", reply.error().message}});
}

}  // namespace

Result<std::unique_ptr<Output>> createWhipOutput(const OutputRequest& request, WebRtcPublisher& publisher) {
    WhipPlace place{request.params.text("url"), request.params.text("token"),
                    request.params.flag("verify_certificate")};
    const auto url = parseSourceUrl(place.url);
    if (!url) return url.error();
    if ((url->scheme != "https" && url->scheme != "http") || url->host.empty()) {
        return invalidArgument("url must begin with https:// or http:// and a host", "url");
    }
    const auto isPrintable = [](char c) { return c > 0x20 && c < 0x7f; };
    if (!std::all_of(place.token.begin(), place.token.end(), isPrintable)) {
        return invalidArgument("token must be printable ASCII without spaces", "token");
    }
    PublishedMedia media;
    if (request.video) media.video = request.video->codec;
    media.audio = request.audio.has_value();
    if (!media.audio && !media.video) return invalidArgument("there is nothing to publish", "audio");
    return std::unique_ptr<Output>(std::make_unique<WhipOutput>(std::move(place), media, publisher));
}

}  // namespace tessera
