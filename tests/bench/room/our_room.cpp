#include <algorithm>

#include "mcu/base/check.h"
#include "mcu/base/task_queue.h"
#include "mcu/meeting/meeting.h"

#include "pipelines/media_factory.h"
#include "pipelines/webrtc/decode_leg.h"
#include "tests/bench/room/room.h"

namespace tessera {
namespace {

/// A peer without a network: RTP goes straight to the decoders that a WebRTC peer has, packets are counted.
class ClipPeer final : public Peer, public RtpSink {
public:
    explicit ClipPeer(const PeerSpec& spec) : timeline_(*spec.timeline), feed_(spec.feed) {
        media_ = {true, VideoCodec::Vp8, true, VideoCodec::H264};
        DecodeLeg::Settings settings;
        settings.video = VideoCodec::Vp8;
        settings.audio = true;
        auto leg = DecodeLeg::create(settings, feed_);
        TESSERA_CHECK(leg.ok());
        leg_ = std::move(*leg);
    }

    void push(MediaKind kind, const std::vector<std::uint8_t>& rtp, Duration at) override {
        if (!begin_) begin_ = timeline_.now() - at;
        if (kind == MediaKind::Video) {
            leg_->pushVideo(rtp, *begin_ + at);
        } else {
            leg_->pushAudio(rtp, *begin_ + at, 0);
        }
    }

    void offer(PacketPtr packet) override { (packet->kind == MediaKind::Video ? pictures : soundPackets).add(); }
    const PeerMedia& media() const override { return media_; }
    Status addRemoteCandidates(const std::string&) override { return kOk; }
    void requestKeyframe() override {}
    PeerStats stats() const override { return {}; }
    std::uint64_t decoded() const { return feed_->video.offered(); }

    Counter pictures, soundPackets;

private:
    // Borrowed
    const Timeline& timeline_;
    // State
    PeerMedia media_;
    SourceFeedPtr feed_;
    std::unique_ptr<DecodeLeg> leg_;
    std::optional<MediaTime> begin_;
};

class ClipPeerFactory final : public PeerFactory {
public:
    Result<std::unique_ptr<Peer>> createPeer(const PeerSpec& spec, PeerListener& listener) override {
        auto made = std::make_unique<ClipPeer>(spec);
        peers.push_back(made.get());
        listener.onAnswer(spec.id, std::string("v=0"));
        listener.onConnected(spec.id);
        return std::unique_ptr<Peer>(std::move(made));
    }
    std::vector<ClipPeer*> peers;
};

struct Silence final : MeetingListener {
    void onEvent(const MeetingEvent&) override {}
};

class OurRoom final : public Room {
public:
    OurRoom() : factory_(createMediaFactory()) {
        MeetingSettings settings;
        settings.canvas = kRoomCanvas;
        settings.talkers = kParties;
        meeting_ = Meeting::create(MeetingId::create(), settings, *factory_, peers_, clock_, events_);
        TESSERA_CHECK(meeting_->start().ok());
        for (int i = 0; i < kParties; ++i) {
            const std::string name = "party" + std::to_string(i);
            meeting_->join({.identity = name, .name = name, .offer = "v=0"}, [](const Result<JoinReply>&) {});
        }
        TESSERA_CHECK(meeting_->info().ok() && peers_.peers.size() == kParties);  // control has come past the joins
    }

    std::vector<RtpSink*> sinks() override { return {peers_.peers.begin(), peers_.peers.end()}; }
    std::uint64_t pictures() const override {
        std::uint64_t least = UINT64_MAX;
        for (const ClipPeer* peer : peers_.peers) least = std::min(least, peer->pictures.value());
        return least;
    }
    std::uint64_t decoded() const override {
        std::uint64_t sum = 0;
        for (const ClipPeer* peer : peers_.peers) sum += peer->decoded();
        return sum;
    }
    std::uint64_t soundPackets() const override {
        std::uint64_t sum = 0;
        for (const ClipPeer* peer : peers_.peers) sum += peer->soundPackets.value();
        return sum;
    }

private:
    SteadyClock clock_;
    std::unique_ptr<MediaFactory> factory_;
    ClipPeerFactory peers_;
    Silence events_;
    std::unique_ptr<Meeting> meeting_;
};

}  // namespace

std::unique_ptr<Room> createOurRoom() {
    return std::make_unique<OurRoom>();
}

}  // namespace tessera
