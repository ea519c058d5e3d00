#pragma once

#include <cmath>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "mcu/base/sync.h"
#include "mcu/base/time.h"
#include "mcu/meeting/peer.h"

#include "pipelines/webrtc/webrtc_peer_factory.h"
#include "tests/support/whip_client/webrtc_session.h"
#include "udp_link.h"

namespace tessera::test {

/// One peer of ours and what it told, opposite a client.
class PeerBenchSession final : public PeerListener {
public:
    explicit PeerBenchSession(const Timeline& line) : timeline(line) {}
    ~PeerBenchSession() override { peer.reset(); }

    static constexpr Duration kPatience = std::chrono::seconds(30);

    void onAnswer(const PeerId&, Result<std::string> sdp) override {
        set([&] { answer = std::move(sdp); });
    }
    void onConnected(const PeerId&) override {
        set([&] { ++connected; });
    }
    void onSilence(const PeerId&, bool silent) override {
        set([&] { silent ? ++silences : ++recoveries; });
    }
    void onKeyframeRequest(const PeerId&) override {
        set([&] { ++keyframeRequests; });
    }
    void onClosed(const PeerId&, const Error& reason) override {
        set([&] {
            ++closed;
            reasonClosed = reason;
            closedAt = timeline.now();
        });
    }

    /// Looks again and again until `holds`, with the session locked.
    bool waitFor(const std::function<bool()>& holds, Duration patience = kPatience) {
        Lock lock(mutex);
        const auto end = timeline.now() + patience;
        while (!holds()) {
            if (timeline.now() > end) return false;
            changed.waitFor(mutex, std::chrono::milliseconds(20), [] { return false; });
        }
        return true;
    }
    bool waitConnected() {
        return waitFor([&] { return connected > 0; });
    }
    bool waitAnswer() {
        return waitFor([&] { return answer.has_value(); });
    }

    /// Level of a tone in 400 ms of what the feed would give the mixer, dB of a full-scale sine.
    double toneLevelDb(int hz) {
        const auto now = timeline.now();
        const auto last = kAudioTickRate.tickAt(now.time_since_epoch()) - 15;
        double cosine = 0, sine = 0;
        AudioBlock block;
        for (auto tick = last - 40; tick < last; ++tick) {
            if (tick < 0) return -120;
            feed->audio.read(MediaTime(kAudioTickRate.tickTime(tick)), block);
            for (int i = 0; i < kBlockSamples; ++i) {
                const double phase = 2 * M_PI * hz * static_cast<double>(tick * kBlockSamples + i) / kSampleRate;
                cosine += block.samples[0][static_cast<std::size_t>(i)] * std::cos(phase);
                sine += block.samples[0][static_cast<std::size_t>(i)] * std::sin(phase);
            }
        }
        return 20 * std::log10(std::max(1e-6, 2 * std::hypot(cosine, sine) / (40 * kBlockSamples)));
    }

    const Timeline& timeline;
    Mutex mutex;
    CondVar changed;
    SourceFeedPtr feed;
    std::optional<Result<std::string>> answer;
    std::optional<Error> reasonClosed;
    MediaTime closedAt{};
    int connected = 0, silences = 0, recoveries = 0, keyframeRequests = 0, closed = 0;
    std::shared_ptr<Peer> peer;  ///< destroyed first

private:
    template <typename Change>
    void set(Change change) {
        Lock lock(mutex);
        change();
        changed.notifyAll();
    }
};

/// A factory on loopback and the sessions made with it.
class PeerBench {
public:
    PeerBench() : timeline(clock, clock.now()) {
        WebRtcSettings settings;
        settings.addresses = {"127.0.0.1"};
        factory = createWebRtcPeerFactory(settings).value();
    }

    PeerSpec specFor(std::string offer, const SourceFeedPtr& feed) const {
        PeerSpec spec;
        spec.id = PeerId::create();
        spec.offer = std::move(offer);
        spec.maySend = feed != nullptr;
        spec.feed = feed;
        spec.timeline = &timeline;
        return spec;
    }

    using Edit = std::function<std::string(std::string)>;

    /// Offers to the factory and brings the answer back.
    ///
    /// @param editOffer, editAnswer  change them on their way
    PeerBenchSession& join(webrtc_client::Session& client, bool maySend = true, const Edit& editOffer = {},
                           const Edit& editAnswer = {}) {
        auto& session = sessions.emplace_back(timeline);
        if (maySend) session.feed = std::make_shared<SourceFeed>();
        std::string offer = client.createOffer();
        if (editOffer) offer = editOffer(offer);
        session.peer = factory->createPeer(specFor(offer, session.feed), session).value();
        if (!session.waitAnswer()) return session;
        const std::string answer = session.answer->value();
        client.setAnswer(editAnswer ? editAnswer(answer) : answer);
        return session;
    }
    /// The same over a link.
    PeerBenchSession& join(webrtc_client::Session& client, UdpLink& link, bool maySend = true) {
        return join(client, maySend, &UdpLink::withoutCandidates,
                    [&link](const std::string& answer) { return link.through(answer); });
    }

    SteadyClock clock;
    Timeline timeline;
    std::unique_ptr<PeerFactory> factory;
    std::list<PeerBenchSession> sessions;
};

}  // namespace tessera::test
