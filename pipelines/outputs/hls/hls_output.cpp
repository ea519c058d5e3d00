#include "pipelines/outputs/hls/hls_output.h"

#include <utility>

#include "pipelines/outputs/hls/hls_segmenter.h"
#include "pipelines/outputs/hls/hls_thumbnailer.h"
#include "pipelines/outputs/packet_output.h"

namespace tessera {
namespace {

/// Of packets that wait for the thread, which waits for nobody: only a machine that stands still fills it.
constexpr PacketQueue::Limits kQueueLimits{std::chrono::seconds(4), 32U << 20U};
constexpr Duration kTakeTimeout = std::chrono::milliseconds(500);

HlsVariant variantOf(const OutputRequest& request) {
    const Params& params = request.params;
    HlsVariant variant;
    variant.container = params.text("container") == "mpegts" ? HlsContainer::MpegTs : HlsContainer::Fmp4;
    variant.isLowLatency = params.flag("low_latency");
    variant.isEvent = params.text("window") == "event";
    variant.isPublic = params.flag("public");
    variant.targetDuration = hlsTargetDuration(std::chrono::milliseconds(params.integer("segment_ms")));
    variant.partTarget =
        hlsPartTarget(std::chrono::milliseconds(params.integer("part_ms")), *request.video, request.audio.has_value());
    variant.windowSegments = static_cast<std::size_t>(params.integer("window_segments"));
    variant.memoryBytes = static_cast<std::size_t>(params.integer("memory_mb")) << 20U;
    variant.thumbnailSeconds = static_cast<int>(params.integer("thumbnail_s"));
    variant.captions = params.text("captions");
    variant.video = *request.video;
    variant.nominalKbps = request.video->bitrateKbps + (request.audio ? request.audio->bitrateKbps : 0);
    return variant;
}

class HlsOutput final : public PacketOutput, private HlsSink {
public:
    HlsOutput(const OutputRequest& request, const HlsVariant& variant, std::unique_ptr<HlsPublication> publication)
        : PacketOutput(kQueueLimits), publication_(std::move(publication)) {
        HlsSegmenterSpec spec;
        spec.container = variant.container;
        spec.video = request.video;
        spec.audio = request.audio;
        spec.segment = std::chrono::milliseconds(request.params.integer("segment_ms"));
        spec.part = variant.partTarget;
        if (variant.thumbnailSeconds > 0) {
            thumbnailer_.emplace(std::chrono::seconds(variant.thumbnailSeconds),
                                 static_cast<int>(request.params.integer("thumbnail_width")));
        }
        segmenter_ = std::make_unique<HlsSegmenter>(spec, static_cast<HlsSink&>(*this), [this] { requestKeyframe(); });
        thread_ = Thread("hls", [this] { run(); });
    }
    ~HlsOutput() override { stop(); }

    void addCue(const Cue& cue) override {
        Lock lock(mutex_);
        cues_.push_back(cue);
    }

    void stop() override {
        queue_.close();
        thread_.join();
    }

private:
    void onInitialization(HlsBytes bytes, const std::string& codecs) override {
        bytes_.add(bytes->size());
        publication_->onInitialization(std::move(bytes), codecs);
    }
    void onSegmentBegin(MediaTime begin, bool isDiscontinuous) override {
        publication_->onSegmentBegin(begin, isDiscontinuous);
        Lock lock(mutex_);
        if (!stats_.beginsAt) stats_.beginsAt = begin;
    }
    Status onPart(HlsPart part) override {
        bytes_.add(part.bytes->size());
        return publication_->onPart(std::move(part));
    }
    void onSegmentEnd() override {
        publication_->onSegmentEnd();
        Lock lock(mutex_);
        stats_.state = OutputState::Live;
    }

    void publishCues() {
        std::vector<Cue> cues;
        {
            Lock lock(mutex_);
            cues.swap(cues_);
        }
        for (const Cue& cue : cues) publication_->addCue(cue);
    }

    void publishThumbnail(const Packet& packet) {
        auto jpeg = thumbnailer_->take(packet);
        if (jpeg) publication_->setThumbnail(std::move(jpeg));
    }

    void run() {
        Status result = kOk;
        while (result) {
            const PacketPtr packet = queue_.take(kTakeTimeout);
            if (!packet && queue_.isClosed()) break;
            publishCues();
            if (!packet) continue;
            result = segmenter_->write(packet);
            if (thumbnailer_) publishThumbnail(*packet);
            Lock lock(mutex_);
            stats_.duration = segmenter_->duration();
        }
        const Status finished = segmenter_->finish();
        if (result && !finished) result = finished;
        publication_.reset();
        {
            Lock lock(mutex_);
            stats_.duration = segmenter_->duration();
        }
        end(result, "hls");
    }

    // Owned by the thread
    std::unique_ptr<HlsPublication> publication_;
    std::unique_ptr<HlsSegmenter> segmenter_;
    std::optional<HlsThumbnailer> thumbnailer_;
    // State
    std::vector<Cue> cues_ GUARDED_BY(mutex_);
    Thread thread_;
};

}  // namespace

Result<std::unique_ptr<Output>> createHlsOutput(const OutputRequest& request, HlsSite& site) {
    if (!request.video) return invalidArgument("HLS needs video", "video");
    if (request.video->codec != VideoCodec::H264) return invalidArgument("HLS carries H.264 video", "codec");
    if (request.audio && request.audio->codec != AudioCodec::Aac)
        return invalidArgument("HLS carries AAC audio", "codec");
    const auto slash = request.path.find('/');
    TESSERA_CHECK(slash != std::string::npos);
    HlsPlace place{request.path.substr(0, slash), request.path.substr(slash + 1), request.params.text("playlist")};
    if (const auto& under = request.params.text("ladder_view"); !under.empty()) place.view = under;
    const HlsVariant variant = variantOf(request);
    auto publication = site.publish(place, variant);
    if (!publication) return publication.error();
    return std::unique_ptr<Output>(std::make_unique<HlsOutput>(request, variant, std::move(publication).value()));
}

}  // namespace tessera
