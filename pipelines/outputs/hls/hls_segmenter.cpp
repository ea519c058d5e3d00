#include "pipelines/outputs/hls/hls_segmenter.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "pipelines/codecs/encoder_catalog.h"
#include "pipelines/codecs/h264_bitstream.h"

namespace tessera {
namespace {

/// Rounding of times that are counted in whole pictures.
constexpr Duration kEpsilon = std::chrono::microseconds(100);
/// More than a still view leaves out (StillGate), or a loaded machine skips.
constexpr Duration kLongestGap = std::chrono::seconds(3);
/// Behind the wanted end; longer than a regular keyframe is late.
constexpr Duration kOverdue = std::chrono::milliseconds(150);
/// A still view has a picture in each of these. @source docs/decisions/still-views.md
constexpr Duration kStillInterval = std::chrono::milliseconds(500);
/// Sound that waits for the first keyframe.
constexpr std::size_t kMaxHeldPackets = 200;
constexpr Duration kAacFrame = Duration(1024 * kNanosecondsPerSecond / kSampleRate);

MuxSpec muxSpec(const HlsSegmenterSpec& spec) {
    MuxSpec mux;
    if (spec.container == HlsContainer::Fmp4) {
        // Parts are cut by hand; as discontinuous ones without edit list and shift, they carry the packets' own times.
        mux.options = {{"movflags", "frag_custom+empty_moov+default_base_moof+frag_discont+skip_trailer"},
                       {"use_editlist", "0"},
                       {"avoid_negative_ts", "disabled"}};
    } else {
        mux.format = "mpegts";
    }
    mux.video = spec.video;
    mux.audio = spec.audio;
    return mux;
}

}  // namespace

struct HlsSegmenter::Collector final : MuxTarget {
    Status write(std::span<const std::uint8_t> more) override {
        bytes.append(reinterpret_cast<const char*>(more.data()), more.size());
        return kOk;
    }
    Status onFragment() override { return kOk; }
    Status close() override { return kOk; }
    HlsBytes take() { return std::make_shared<const std::string>(std::exchange(bytes, {})); }
    std::string bytes;
};

Duration hlsPartTarget(Duration wanted, const VideoEncodeSpec& video, bool hasSound) {
    if (!hasSound) wanted = std::max(wanted, kStillInterval + video.rate.period());
    const double pictures = std::max(1.0, std::round(toSeconds(wanted) * video.rate.toDouble()));
    return video.rate.tickTime(static_cast<std::int64_t>(pictures)) + Duration(1);
}

int hlsTargetDuration(Duration segment) {
    return static_cast<int>(std::ceil(toSeconds(segment) + 1));
}

std::string hlsCodecs(std::span<const std::uint8_t> avcConfiguration, bool hasAudio) {
    std::string codecs;
    if (avcConfiguration.size() >= 4) {
        char text[16];
        std::snprintf(text, sizeof text, "avc1.%02X%02X%02X", avcConfiguration[1], avcConfiguration[2],
                      avcConfiguration[3]);
        codecs = text;
    }
    if (!hasAudio) return codecs;
    const int objectType = kAacSpecificConfig[0] >> 3;  // ISO/IEC 14496-3 section 1.6.2.1
    return codecs + (codecs.empty() ? "" : ",") + "mp4a.40." + std::to_string(objectType);
}

HlsSegmenter::HlsSegmenter(HlsSegmenterSpec spec, HlsSink& sink, std::function<void()> requestKeyframe)
    : sink_(sink),
      spec_(std::move(spec)),
      requestKeyframe_(std::move(requestKeyframe)),
      collector_(std::make_unique<Collector>()) {}

HlsSegmenter::~HlsSegmenter() = default;

bool HlsSegmenter::drives(const Packet& packet) const {
    return packet.kind == (spec_.video ? MediaKind::Video : MediaKind::Audio);
}

bool HlsSegmenter::isBroken(const Packet& packet) const {
    if (sequence_ && packet.kind == MediaKind::Video && packet.sequence != *sequence_ + 1) return true;
    return packet.pts <= last_ || packet.pts - last_ > kLongestGap;
}

Status HlsSegmenter::write(const PacketPtr& packet) {
    if (packet->pts < MediaTime{}) return kOk;
    if (!drives(*packet)) {
        if (!spec_.audio || packet->kind != MediaKind::Audio) return kOk;
        if (muxer_) return packet->pts + packet->duration <= origin_ ? Status(kOk) : muxer_->write(*packet);
        if (held_.size() == kMaxHeldPackets) held_.pop_front();
        held_.push_back(packet);
        return kOk;
    }
    if (muxer_ && isBroken(*packet)) TESSERA_TRY(interrupt());
    if (muxer_ && packet->keyframe && spec_.video) {
        const auto configuration = avcConfiguration(packet->bytes);
        if (!configuration || *configuration != configuration_) TESSERA_TRY(interrupt());
    }
    sequence_ = packet->sequence;
    if (!muxer_ && !packet->keyframe) {
        if (requestKeyframe_) requestKeyframe_();
        return kOk;
    }
    TESSERA_TRY(muxer_ ? advance(*packet) : begin(*packet));
    partHasKeyframe_ = partHasKeyframe_ || packet->keyframe;
    lastIsKeyframe_ = packet->keyframe;
    last_ = packet->pts;
    lastEnd_ = packet->pts + packet->duration;
    return kOk;
}

Status HlsSegmenter::begin(const Packet& packet) {
    configuration_.clear();
    if (spec_.video) {
        auto configuration = avcConfiguration(packet.bytes);
        if (!configuration) return configuration.error();
        configuration_ = std::move(configuration).value();
    }
    auto muxer = Muxer::create(muxSpec(spec_), configuration_, MediaTime{}, *collector_);
    if (!muxer) return muxer.error();
    muxer_ = std::move(muxer).value();
    sink_.onInitialization(
        spec_.container == HlsContainer::Fmp4 ? collector_->take() : std::make_shared<const std::string>(),
        hlsCodecs(configuration_, spec_.audio.has_value()));
    origin_ = segmentBegin_ = partBegin_ = packet.pts;
    sink_.onSegmentBegin(packet.pts, hasBegun_);
    hasBegun_ = true;
    TESSERA_TRY(muxer_->beginSegment());
    TESSERA_TRY(muxer_->write(packet));
    for (const PacketPtr& earlier : std::exchange(held_, {})) {
        if (earlier->pts + earlier->duration > packet.pts) TESSERA_TRY(muxer_->write(*earlier));
    }
    return kOk;
}

/// The muxer keeps the newest packet back until the next tells its duration, so what is flushed after a packet was
/// written ends before that packet.
Status HlsSegmenter::advance(const Packet& packet) {
    // Pictures that were left out: what is there makes whole parts, and the last picture goes into a later one.
    while (packet.pts - partBegin_ > spec_.part + kEpsilon && spec_.audio && spec_.video) {
        TESSERA_TRY(muxer_->flushFragment());
        if (collector_->bytes.empty()) break;
        partHasKeyframe_ = partHasKeyframe_ && !lastIsKeyframe_;
        TESSERA_TRY(cutPart(partBegin_ + spec_.part));
        partHasKeyframe_ = lastIsKeyframe_;
    }
    const Duration elapsed = packet.pts - segmentBegin_;
    const Duration interval = std::chrono::milliseconds(spec_.video ? spec_.video->keyframeIntervalMs : 0);
    const Duration enough = spec_.video ? std::max(spec_.segment / 2, spec_.segment - interval / 2) : spec_.segment;
    TESSERA_TRY(muxer_->write(packet));
    if (packet.keyframe && elapsed + kEpsilon >= enough) {
        TESSERA_TRY(endSegment(packet.pts));
        segmentBegin_ = partBegin_ = packet.pts;
        sink_.onSegmentBegin(packet.pts, false);
        return muxer_->beginSegment();
    }
    if (elapsed > spec_.segment + kOverdue && requestKeyframe_) requestKeyframe_();
    if (elapsed > 2 * std::chrono::seconds(hlsTargetDuration(spec_.segment))) return interrupt();
    const Duration period = spec_.video ? spec_.video->rate.period() : kAacFrame;
    if (packet.pts + period - partBegin_ <= spec_.part + kEpsilon) return kOk;
    TESSERA_TRY(muxer_->flushFragment());
    return cutPart(packet.pts);
}

Status HlsSegmenter::cutPart(MediaTime end) {
    if (collector_->bytes.empty() || end <= partBegin_) return kOk;
    const Duration duration = end - partBegin_;
    TESSERA_TRY(sink_.onPart({duration, std::exchange(partHasKeyframe_, false), collector_->take()}));
    duration_ += duration;
    partBegin_ = end;
    return kOk;
}

Status HlsSegmenter::endSegment(MediaTime end) {
    TESSERA_TRY(muxer_->flushFragment());
    TESSERA_TRY(cutPart(end));
    sink_.onSegmentEnd();
    return kOk;
}

Status HlsSegmenter::interrupt() {
    if (!muxer_) return kOk;
    const Status finished = muxer_->finish();
    muxer_.reset();
    sequence_.reset();
    TESSERA_TRY(finished);
    TESSERA_TRY(cutPart(std::max(lastEnd_, partBegin_)));
    collector_->bytes.clear();
    partHasKeyframe_ = false;
    sink_.onSegmentEnd();
    return kOk;
}

Status HlsSegmenter::finish() {
    return interrupt();
}

}  // namespace tessera
