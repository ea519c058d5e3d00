#include "pipelines/webrtc/decode_leg.h"

#include <atomic>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>
#include <span>
#include <string>

#include "mcu/base/log.h"

#include "pipelines/codecs/source_decoder.h"
#include "pipelines/codecs/speech_enhancer.h"
#include "pipelines/webrtc/keyframe_detection.h"
#include "pipelines/webrtc/rtp/rtp_packet.h"

namespace tessera {
namespace {

/// What depayloaders are told about lost audio; one Opus packet of the common length each.
constexpr Duration kOpusPacket = std::chrono::milliseconds(20);
/// More missing audio than this is an outage: silence says it better than concealment.
constexpr std::uint32_t kMostConcealed = 10;

GstBufferPtr bufferOf(const std::vector<std::uint8_t>& rtp, MediaTime pts) {
    GstBufferPtr buffer(gst_buffer_new_memdup(rtp.data(), rtp.size()));
    GST_BUFFER_PTS(buffer.get()) = static_cast<GstClockTime>(pts.time_since_epoch().count());
    return buffer;
}

MediaTime ptsOf(GstSample* sample) {
    return MediaTime(Duration(static_cast<std::int64_t>(GST_BUFFER_PTS(gst_sample_get_buffer(sample)))));
}

}  // namespace

/// What streaming threads use; alive as long as the last of them.
struct DecodeLeg::Shared {
    SourceFeedPtr feed;
    std::unique_ptr<SourceDecoder> video;
    std::atomic<bool> isOpen{true};
    std::atomic<bool> isBroken{false};
    SpeechEnhancer enhancer;   ///< touched by the audio thread alone
    std::vector<float> sound;  ///< as above

    void onAccessUnit(GstSample* sample) {
        GstBuffer* buffer = gst_sample_get_buffer(sample);
        GstMapInfo map;
        if (!isOpen || !GST_BUFFER_PTS_IS_VALID(buffer) || !gst_buffer_map(buffer, &map, GST_MAP_READ)) return;
        AccessUnit unit;
        unit.bytes = {map.data, map.size};
        unit.pts = ptsOf(sample);
        unit.keyframe = !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
        unit.discontinuity = GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DISCONT);
        video->decode(unit);
        gst_buffer_unmap(buffer, &map);
    }
    void onSound(GstSample* sample) {
        GstBuffer* buffer = gst_sample_get_buffer(sample);
        GstMapInfo map;
        if (!isOpen || !GST_BUFFER_PTS_IS_VALID(buffer) || !gst_buffer_map(buffer, &map, GST_MAP_READ)) return;
        const auto* samples = reinterpret_cast<const float*>(map.data);
        sound.assign(samples, samples + map.size / sizeof(float));
        gst_buffer_unmap(buffer, &map);
        const auto late = enhancer.process(feed->treatment, sound);
        feed->audio.write(ptsOf(sample) - late, sound.data(), sound.size() / 2);
    }
    void onError(const std::string& text) {
        log(LogLevel::Warning, "webrtc", "a decode pipeline failed", {{"reason", text}});
        isBroken = true;
        if (video) video->needKeyframe();
    }
};

Result<std::unique_ptr<DecodeLeg>> DecodeLeg::create(const Settings& settings, SourceFeedPtr feed) {
    std::unique_ptr<DecodeLeg> leg(new DecodeLeg(settings, std::move(feed)));
    TESSERA_TRY(leg->build());
    return leg;
}

Status DecodeLeg::build() {
    shared_ = std::make_shared<Shared>();
    shared_->feed = feed_;
    pipeline_ = std::make_unique<Pipeline>("decode");
    videoSource_ = audioSource_ = nullptr;
    isSkipping_ = false;
    if (settings_.video) TESSERA_TRY(addVideo());
    if (settings_.audio) TESSERA_TRY(addAudio());
    pipeline_->onError([shared = shared_](const std::string& text) { shared->onError(text); });
    return pipeline_->start();
}

void DecodeLeg::rebuildIfBroken(MediaTime now) {
    if (!shared_->isBroken || (builtAt_ && now - *builtAt_ < kRebuildInterval)) return;
    builtAt_ = now;
    stop(Duration{0});
    const Status built = build();
    if (shared_->video) shared_->video->needKeyframe();
    if (built.ok()) return;
    log(LogLevel::Error, "webrtc", "a decode pipeline cannot be made", {{"reason", built.error().message}});
    shared_->isBroken = true;
    videoSource_ = audioSource_ = nullptr;
}

DecodeLeg::~DecodeLeg() {
    stop(Duration{0});
}

Result<GstElement*> DecodeLeg::addSource(const char* media, int payloadType, int clockRate, const char* encoding) {
    auto source =
        pipeline_->add("appsrc", {{"format", "time"}, {"is-live", "true"}, {"max-bytes", "0"}, {"block", "false"}});
    if (!source.ok()) return source;
    const GstCapsPtr caps(gst_caps_new_simple("application/x-rtp", "media", G_TYPE_STRING, media, "payload", G_TYPE_INT,
                                              payloadType, "clock-rate", G_TYPE_INT, clockRate, "encoding-name",
                                              G_TYPE_STRING, encoding, "sprop-stereo", G_TYPE_STRING, "1", nullptr));
    g_object_set(*source, "caps", caps.get(), nullptr);
    return source;
}

Status DecodeLeg::addVideo() {
    const bool isVp8 = settings_.video == VideoCodec::Vp8;
    auto source = addSource("video", settings_.videoPayloadType, 90000, isVp8 ? "VP8" : "H264");
    if (!source.ok()) return source.error();
    auto depayloader = pipeline_->add(isVp8 ? "rtpvp8depay" : "rtph264depay",
                                      {{"request-keyframe", "true"}, {"wait-for-keyframe", "true"}});
    if (!depayloader.ok()) return depayloader.error();
    // Whole access units: the depayloader then waits for a keyframe after loss.
    auto filter = pipeline_->add(
        "capsfilter", {{"caps", isVp8 ? "video/x-vp8" : "video/x-h264,stream-format=byte-stream,alignment=au"}});
    if (!filter.ok()) return filter.error();
    auto sink = pipeline_->add("appsink", {{"sync", "false"}, {"async", "false"}, {"enable-last-sample", "false"}});
    if (!sink.ok()) return sink.error();
    TESSERA_TRY(pipeline_->link({*source, *depayloader, *filter, *sink}));
    shared_->video = std::make_unique<SourceDecoder>(*settings_.video, settings_.decoders, feed_);
    pipeline_->onSample(*sink, [shared = shared_](GstSamplePtr sample) { shared->onAccessUnit(sample.get()); });
    watchKeyframeEvents(*source);
    videoSource_ = *source;
    return kOk;
}

Status DecodeLeg::addAudio() {
    auto source = addSource("audio", settings_.audioPayloadType, 48000, "OPUS");
    if (!source.ok()) return source.error();
    auto depayloader = pipeline_->add("rtpopusdepay");
    if (!depayloader.ok()) return depayloader.error();
    auto decoder = pipeline_->add("opusdec", {{"plc", "true"}, {"use-inband-fec", "true"}, {"max-errors", "-1"}});
    if (!decoder.ok()) return decoder.error();
    auto converter = pipeline_->add("audioconvert");
    if (!converter.ok()) return converter.error();
    auto sink =
        pipeline_->add("appsink", {{"sync", "false"},
                                   {"async", "false"},
                                   {"enable-last-sample", "false"},
                                   {"caps", "audio/x-raw,format=F32LE,rate=48000,channels=2,layout=interleaved"}});
    if (!sink.ok()) return sink.error();
    TESSERA_TRY(pipeline_->link({*source, *depayloader, *decoder, *converter, *sink}));
    pipeline_->onSample(*sink, [shared = shared_](GstSamplePtr sample) { shared->onSound(sample.get()); });
    audioSource_ = *source;
    return kOk;
}

void DecodeLeg::watchKeyframeEvents(GstElement* source) {
    const GstObjectPtr<GstPad> pad(gst_element_get_static_pad(source, "src"));
    gst_pad_add_probe(
        pad.get(), GST_PAD_PROBE_TYPE_EVENT_UPSTREAM,
        [](GstPad*, GstPadProbeInfo* info, gpointer shared) {
            if (!gst_video_event_is_force_key_unit(GST_PAD_PROBE_INFO_EVENT(info))) return GST_PAD_PROBE_OK;
            (*static_cast<std::shared_ptr<Shared>*>(shared))->video->needKeyframe();
            return GST_PAD_PROBE_DROP;
        },
        new std::shared_ptr<Shared>(shared_),
        [](gpointer shared) { delete static_cast<std::shared_ptr<Shared>*>(shared); });
}

void DecodeLeg::pushVideo(const std::vector<std::uint8_t>& rtp, MediaTime pts) {
    if (pts < MediaTime{}) return;
    rebuildIfBroken(pts);
    if (!videoSource_) return;
    const auto waiting = gst_app_src_get_current_level_bytes(GST_APP_SRC(videoSource_));
    if (waiting > kMaxWaitingBytes && !isSkipping_) {
        isSkipping_ = true;
        shared_->video->needKeyframe();
    }
    if (isSkipping_) {
        const auto payload = std::span(rtp).subspan(kRtpHeaderSize);
        if (waiting > kMaxWaitingBytes / 2 || !beginsKeyframe(*settings_.video, payload)) return;
        isSkipping_ = false;
    }
    Pipeline::push(videoSource_, bufferOf(rtp, pts));
}

void DecodeLeg::pushAudio(const std::vector<std::uint8_t>& rtp, MediaTime pts, std::uint32_t lostBefore) {
    if (pts < MediaTime{}) return;
    rebuildIfBroken(pts);
    if (!audioSource_) return;
    if (gst_app_src_get_current_level_bytes(GST_APP_SRC(audioSource_)) > kMaxWaitingBytes) return;
    for (std::uint32_t i = lostBefore; i > 0 && lostBefore <= kMostConcealed; --i) {
        const auto at = pts - i * kOpusPacket;
        if (at < MediaTime{}) continue;
        GstStructure* loss = gst_structure_new("GstRTPPacketLost", "timestamp", G_TYPE_UINT64,
                                               static_cast<guint64>(at.time_since_epoch().count()), "duration",
                                               G_TYPE_UINT64, static_cast<guint64>(kOpusPacket.count()), nullptr);
        gst_element_send_event(audioSource_, gst_event_new_custom(GST_EVENT_CUSTOM_DOWNSTREAM, loss));
    }
    Pipeline::push(audioSource_, bufferOf(rtp, pts));
}

bool DecodeLeg::takeKeyframeNeeded() {
    return shared_->video && shared_->video->takeKeyframeNeeded();
}

void DecodeLeg::breakPipeline() {
    GError* error = g_error_new_literal(GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED, "broken by a test");
    gst_element_post_message(pipeline_->element(), gst_message_new_error(GST_OBJECT(pipeline_->element()), error, ""));
    g_error_free(error);
}

void DecodeLeg::stop(Duration deadline) {
    shared_->isOpen = false;
    if (shared_->video) shared_->video->close();
    pipeline_->stop(deadline);
    videoSource_ = audioSource_ = nullptr;
}

}  // namespace tessera
