#include "pipelines/webrtc/decode_leg.h"

#include <atomic>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>
#include <span>
#include <string>

#include "mcu/base/log.h"

#include "pipelines/gst/frame_bridge.h"
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
    std::atomic<bool> isKeyframeNeeded{false};
    std::atomic<bool> isOpen{true};

    void decodeError() {
        feed->decodeErrors.add();
        isKeyframeNeeded = true;
    }
    void onPicture(GstSample* sample) {
        if (!isOpen || !GST_BUFFER_PTS_IS_VALID(gst_sample_get_buffer(sample))) return;
        auto frame = frameFromSample(sample, ptsOf(sample));
        if (!frame) return;  // degenerate last pictures of a leaving sender
        feed->width.set(frame->size.width);
        feed->height.set(frame->size.height);
        feed->video.offer(std::move(frame));
    }
    void onSound(GstSample* sample) {
        GstBuffer* buffer = gst_sample_get_buffer(sample);
        GstMapInfo map;
        if (!isOpen || !GST_BUFFER_PTS_IS_VALID(buffer) || !gst_buffer_map(buffer, &map, GST_MAP_READ)) return;
        feed->audio.write(ptsOf(sample), reinterpret_cast<const float*>(map.data), map.size / (2 * sizeof(float)));
        gst_buffer_unmap(buffer, &map);
    }
};

Result<std::unique_ptr<DecodeLeg>> DecodeLeg::create(const Settings& settings, SourceFeedPtr feed) {
    std::unique_ptr<DecodeLeg> leg(new DecodeLeg);
    leg->shared_ = std::make_shared<Shared>();
    leg->shared_->feed = std::move(feed);
    leg->codec_ = settings.video;
    if (settings.video) TESSERA_TRY(leg->addVideo(settings));
    if (settings.audio) TESSERA_TRY(leg->addAudio(settings));
    leg->pipeline_.onError([shared = leg->shared_](const std::string& text) {
        shared->decodeError();
        log(LogLevel::Warning, "webrtc", "a decoder failed", {{"reason", text}});
    });
    TESSERA_TRY(leg->pipeline_.start());
    return leg;
}

DecodeLeg::~DecodeLeg() {
    stop(Duration{0});
}

Result<GstElement*> DecodeLeg::addSource(const char* media, int payloadType, int clockRate, const char* encoding) {
    auto source =
        pipeline_.add("appsrc", {{"format", "time"}, {"is-live", "true"}, {"max-bytes", "0"}, {"block", "false"}});
    if (!source.ok()) return source;
    const GstCapsPtr caps(gst_caps_new_simple("application/x-rtp", "media", G_TYPE_STRING, media, "payload", G_TYPE_INT,
                                              payloadType, "clock-rate", G_TYPE_INT, clockRate, "encoding-name",
                                              G_TYPE_STRING, encoding, "sprop-stereo", G_TYPE_STRING, "1", nullptr));
    g_object_set(*source, "caps", caps.get(), nullptr);
    return source;
}

Status DecodeLeg::addVideo(const Settings& settings) {
    const bool isVp8 = settings.video == VideoCodec::Vp8;
    auto source = addSource("video", settings.videoPayloadType, 90000, isVp8 ? "VP8" : "H264");
    if (!source.ok()) return source.error();
    auto depayloader = pipeline_.add(isVp8 ? "rtpvp8depay" : "rtph264depay",
                                     {{"request-keyframe", "true"}, {"wait-for-keyframe", "true"}});
    if (!depayloader.ok()) return depayloader.error();
    // Whole access units: the depayloader then waits for a keyframe after loss.
    auto filter = pipeline_.add(
        "capsfilter", {{"caps", isVp8 ? "video/x-vp8" : "video/x-h264,stream-format=byte-stream,alignment=au"}});
    if (!filter.ok()) return filter.error();
    auto decoder = pipeline_.add(isVp8 ? "vp8dec" : "avdec_h264", {{isVp8 ? "threads" : "max-threads", "1"},
                                                                   {"max-errors", "-1"},
                                                                   {"qos", "false"},
                                                                   {"discard-corrupted-frames", "true"},
                                                                   {"automatic-request-sync-points", "true"}});
    if (!decoder.ok()) return decoder.error();
    auto sink = pipeline_.add("appsink", {{"sync", "false"}, {"async", "false"}, {"enable-last-sample", "false"}});
    if (!sink.ok()) return sink.error();
    TESSERA_TRY(pipeline_.link({*source, *depayloader, *filter, *decoder, *sink}));
    pipeline_.onSample(*sink, [shared = shared_](GstSamplePtr sample) { shared->onPicture(sample.get()); });
    watchKeyframeEvents(*source);
    videoSource_ = *source;
    return kOk;
}

Status DecodeLeg::addAudio(const Settings& settings) {
    auto source = addSource("audio", settings.audioPayloadType, 48000, "OPUS");
    if (!source.ok()) return source.error();
    auto depayloader = pipeline_.add("rtpopusdepay");
    if (!depayloader.ok()) return depayloader.error();
    auto decoder = pipeline_.add("opusdec", {{"plc", "true"}, {"use-inband-fec", "true"}, {"max-errors", "-1"}});
    if (!decoder.ok()) return decoder.error();
    auto converter = pipeline_.add("audioconvert");
    if (!converter.ok()) return converter.error();
    auto sink =
        pipeline_.add("appsink", {{"sync", "false"},
                                  {"async", "false"},
                                  {"enable-last-sample", "false"},
                                  {"caps", "audio/x-raw,format=F32LE,rate=48000,channels=2,layout=interleaved"}});
    if (!sink.ok()) return sink.error();
    TESSERA_TRY(pipeline_.link({*source, *depayloader, *decoder, *converter, *sink}));
    pipeline_.onSample(*sink, [shared = shared_](GstSamplePtr sample) { shared->onSound(sample.get()); });
    audioSource_ = *source;
    return kOk;
}

void DecodeLeg::watchKeyframeEvents(GstElement* source) {
    const GstObjectPtr<GstPad> pad(gst_element_get_static_pad(source, "src"));
    gst_pad_add_probe(
        pad.get(), GST_PAD_PROBE_TYPE_EVENT_UPSTREAM,
        [](GstPad*, GstPadProbeInfo* info, gpointer shared) {
            if (!gst_video_event_is_force_key_unit(GST_PAD_PROBE_INFO_EVENT(info))) return GST_PAD_PROBE_OK;
            (*static_cast<std::shared_ptr<Shared>*>(shared))->decodeError();
            return GST_PAD_PROBE_DROP;
        },
        new std::shared_ptr<Shared>(shared_),
        [](gpointer shared) { delete static_cast<std::shared_ptr<Shared>*>(shared); });
}

void DecodeLeg::pushVideo(const std::vector<std::uint8_t>& rtp, MediaTime pts) {
    if (!videoSource_ || pts < MediaTime{}) return;
    const auto waiting = gst_app_src_get_current_level_bytes(GST_APP_SRC(videoSource_));
    if (waiting > kMaxWaitingBytes && !isSkipping_) {
        isSkipping_ = true;
        shared_->isKeyframeNeeded = true;
    }
    if (isSkipping_) {
        const auto payload = std::span(rtp).subspan(kRtpHeaderSize);
        if (waiting > kMaxWaitingBytes / 2 || !beginsKeyframe(*codec_, payload)) return;
        isSkipping_ = false;
    }
    Pipeline::push(videoSource_, bufferOf(rtp, pts));
}

void DecodeLeg::pushAudio(const std::vector<std::uint8_t>& rtp, MediaTime pts, std::uint32_t lostBefore) {
    if (!audioSource_ || pts < MediaTime{}) return;
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
    return shared_->isKeyframeNeeded.exchange(false);
}

void DecodeLeg::stop(Duration deadline) {
    shared_->isOpen = false;
    pipeline_.stop(deadline);
    videoSource_ = audioSource_ = nullptr;
}

}  // namespace tessera
