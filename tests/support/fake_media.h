#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "mcu/base/sync.h"
#include "mcu/media/frame_pool.h"
#include "mcu/meeting/media_factory.h"
#include "mcu/meeting/peer.h"

namespace tessera::test {

/// Counts what is alive and offered; every "encoded" picture becomes one packet at once, on the tick.
class FakeVideoEncoder final : public VideoEncoder {
public:
    FakeVideoEncoder(VideoEncodeSpec spec, PacketSink& sink, std::atomic<int>& alive)
        : spec_(spec), sink_(sink), alive_(alive) {
        ++alive_;
    }
    ~FakeVideoEncoder() override { --alive_; }
    void offer(FramePtr frame) override {
        auto packet = std::make_shared<Packet>();
        packet->kind = MediaKind::Video;
        packet->keyframe = keyframeWanted_.exchange(false);
        packet->pts = frame->pts;
        packet->sequence = encoded_;
        ++encoded_;
        sink_.offer(std::move(packet));
    }
    void requestKeyframe() override { keyframeWanted_ = true; }
    std::uint64_t framesEncoded() const override { return encoded_; }
    std::uint64_t framesDropped() const override { return 0; }
    std::string name() const override { return "fake"; }

private:
    VideoEncodeSpec spec_;
    PacketSink& sink_;
    std::atomic<int>& alive_;
    std::atomic<bool> keyframeWanted_{true};
    std::atomic<std::uint64_t> encoded_{0};
};

class FakeAudioEncoder final : public AudioEncoder {
public:
    FakeAudioEncoder(PacketSink& sink, std::atomic<int>& alive) : sink_(sink), alive_(alive) { ++alive_; }
    ~FakeAudioEncoder() override { --alive_; }
    void offer(const AudioBlock& block) override {
        auto packet = std::make_shared<Packet>();
        packet->kind = MediaKind::Audio;
        packet->pts = block.pts();
        packet->duration = std::chrono::milliseconds(10);
        packet->sequence = encoded_++;
        sink_.offer(std::move(packet));
    }
    std::uint64_t packetsEncoded() const override { return encoded_; }

private:
    PacketSink& sink_;
    std::atomic<int>& alive_;
    std::atomic<std::uint64_t> encoded_{0};
};

/// The layers of the newest picture, of whatever view.
class ShownLayers {
public:
    void set(const std::vector<Layer>& layers) {
        Lock lock(mutex_);
        layers_ = layers;
        changed_.notifyAll();
    }
    /// @return whether they came to fulfil the condition within a time that is only reached when something is broken
    template <typename Condition>
    bool waitFor(Condition condition) {
        Lock lock(mutex_);
        return changed_.waitFor(mutex_, std::chrono::seconds(10), [&] { return condition(layers_); });
    }

private:
    Mutex mutex_;
    CondVar changed_;
    std::vector<Layer> layers_ GUARDED_BY(mutex_);
};

/// Keeps nothing but the size and the layers of what is drawn.
class FakeCompositor final : public Compositor {
public:
    explicit FakeCompositor(ShownLayers& shown) : shown_(shown) {}
    void submit(const Composition& composition, std::span<const FramePtr>, MediaTime pts) override {
        shown_.set(composition.layers);
        frame_ = std::make_shared<VideoFrame>();
        frame_->size = composition.canvas;
        frame_->pts = pts;
    }
    Result<FramePtr> collect() override { return FramePtr(std::move(frame_)); }

private:
    ShownLayers& shown_;
    std::shared_ptr<VideoFrame> frame_;
};

class FakeRasterizer final : public TextRasterizer {
public:
    Result<OverlayPtr> label(const std::string&, int, int) override { return OverlayPtr(); }
    Result<OverlayPtr> avatar(const std::string&, int) override { return OverlayPtr(); }
    Result<OverlayPtr> text(const std::string&, const TextBox& box) override {
        return plate({box.minWidth, box.lineHeight});
    }

    static OverlayPtr plate(Size size) {
        auto overlay = std::make_shared<Overlay>();
        overlay->size = size;
        return overlay;
    }
};

class FakeOutput final : public Output {
public:
    void offer(PacketPtr packet) override { (packet->kind == MediaKind::Video ? video : audio)++; }
    void stop() override { stopped = true; }
    OutputStats stats() const override {
        return {.state = stopped ? OutputState::Stopped : OutputState::Live, .bytes = video};
    }
    void setKeyframeRequest(std::function<void()> request) override { requestKeyframe = std::move(request); }
    void setSources(const std::vector<OutputSource>& given) override { sources = given; }

    std::atomic<std::uint64_t> video{0}, audio{0};
    std::atomic<bool> stopped{false};
    std::function<void()> requestKeyframe;
    std::vector<OutputSource> sources;  ///< control only
};

class FakeMediaFactory final : public MediaFactory {
public:
    Result<std::unique_ptr<VideoEncoder>> createVideoEncoder(const VideoEncodeSpec& spec, PacketSink& sink) override {
        if (failing) return unsupported("no encoder");
        return std::unique_ptr<VideoEncoder>(std::make_unique<FakeVideoEncoder>(spec, sink, videoEncoders));
    }
    Result<std::unique_ptr<AudioEncoder>> createAudioEncoder(const AudioEncodeSpec&, PacketSink& sink) override {
        return std::unique_ptr<AudioEncoder>(std::make_unique<FakeAudioEncoder>(sink, audioEncoders));
    }
    Result<std::unique_ptr<Ingest>> createIngest(const IngestSpec& spec, const Timeline&, SourceFeedPtr) override {
        if (spec.kind == "file") return notFound("there is no such file");
        return std::make_unique<Ingest>();
    }
    Result<OutputTraits> outputTraits(std::string_view kind, const Params&) override {
        if (kind == "iso") return OutputTraits{.takesSources = true};
        if (kind == "recording") return OutputTraits{VideoCodec::H264, {AudioCodec::Aac, 128}};
        return invalidArgument("there is no kind of output " + std::string(kind), "kind");
    }
    Result<std::unique_ptr<Output>> createOutput(const OutputRequest&) override {
        auto output = std::make_unique<FakeOutput>();
        lastOutput = output.get();
        return std::unique_ptr<Output>(std::move(output));
    }
    std::unique_ptr<Compositor> createCompositor(std::string_view) override {
        return std::make_unique<FakeCompositor>(shown);
    }
    TextRasterizer& textRasterizer() override { return rasterizer_; }
    Result<FramePtr> loadPicture(const std::string& name) override {
        if (name == "missing.png") return notFound("there is no file " + name);
        return FramePtr(std::make_shared<VideoFrame>());
    }
    Result<OverlayPtr> loadOverlay(const std::string& name, Size box) override {
        if (name == "missing.png") return notFound("there is no file " + name);
        return FakeRasterizer::plate(box);
    }

    std::atomic<int> videoEncoders{0};
    std::atomic<int> audioEncoders{0};
    ShownLayers shown;
    FakeOutput* lastOutput = nullptr;  ///< while the meeting has it
    bool failing = false;

private:
    FakeRasterizer rasterizer_;
};

class FakePeer final : public Peer {
public:
    FakePeer(PeerSpec peerSpec, PeerListener& peerListener, std::atomic<int>& alive)
        : spec(std::move(peerSpec)), listener(peerListener), alive_(alive) {
        ++alive_;
    }
    ~FakePeer() override { --alive_; }
    void offer(PacketPtr packet) override { (packet->kind == MediaKind::Video ? video : audio)++; }
    const PeerMedia& media() const override { return media_; }
    Status addRemoteCandidates(const std::string&) override { return kOk; }
    void requestKeyframe() override { ++keyframeRequests; }
    std::optional<RtpEndpoint> rtpEndpoint() const override {
        return spec.rtp ? std::optional(RtpEndpoint{"127.0.0.1", 5004, 77}) : std::nullopt;
    }
    PeerStats stats() const override { return {}; }

    void setMedia(PeerMedia media) { media_ = media; }

    const PeerSpec spec;
    PeerListener& listener;
    std::atomic<std::uint64_t> video{0}, audio{0};
    std::atomic<int> keyframeRequests{0};

private:
    std::atomic<int>& alive_;
    PeerMedia media_;
};

/// Offers are words: "send" and "receive" (h264), anything else is refused.
class FakePeerFactory final : public PeerFactory {
public:
    Result<std::unique_ptr<Peer>> createPeer(const PeerSpec& spec, PeerListener& listener) override {
        const bool sends = spec.rtp ? spec.maySend : spec.offer.find("send") != std::string::npos;
        const bool receives = spec.rtp ? spec.mayReceive : spec.offer.find("receive") != std::string::npos;
        if (!sends && !receives) return invalidArgument("not an offer", "sdp");
        auto peer = std::make_unique<FakePeer>(spec, listener, alive);
        PeerMedia media;
        media.sendsAudio = sends;
        if (sends && !spec.rtp) media.sendsVideo = VideoCodec::Vp8;
        media.receivesAudio = receives;
        if (receives && !spec.rtp) media.receivesVideo = VideoCodec::H264;
        peer->setMedia(media);
        last = peer.get();
        listener.onAnswer(spec.id, std::string("answer"));
        return std::unique_ptr<Peer>(std::move(peer));
    }

    std::atomic<int> alive{0};
    FakePeer* last = nullptr;  ///< borrowed: the newest peer
};

}  // namespace tessera::test
