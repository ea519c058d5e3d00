#include "tests/support/whip_client/webrtc_session.h"

#include <gst/app/gstappsink.h>
#include <gst/sdp/sdp.h>
#include <gst/video/video.h>
#include <gst/webrtc/webrtc.h>
#include <stdexcept>
#include <thread>

namespace webrtc_client {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kStep{10};

/// Polls, since webrtcbin tells its states on threads of its own.
template <typename Condition>
bool waitUntil(milliseconds deadline, Condition condition) {
    const auto end = steady_clock::now() + deadline;
    while (!condition()) {
        if (steady_clock::now() > end) return false;
        std::this_thread::sleep_for(kStep);
    }
    return true;
}

/// Waits for what a webrtcbin action promises. @return its reply, borrowed from the promise; null for none
const GstStructure* waitFor(GstPromise* promise) {
    if (gst_promise_wait(promise) != GST_PROMISE_RESULT_REPLIED) throw std::runtime_error("webrtcbin broke a promise");
    const GstStructure* reply = gst_promise_get_reply(promise);
    if (reply && gst_structure_has_field(reply, "error")) {
        GError* error = nullptr;
        gst_structure_get(reply, "error", G_TYPE_ERROR, &error, nullptr);
        const std::string text = error ? error->message : "unknown";
        g_clear_error(&error);
        throw std::runtime_error("webrtcbin: " + text);
    }
    return reply;
}

/// Without a profile: rtph264pay writes that of the stream.
std::string videoCaps(const std::string& codec) {
    return codec == "h264" ? "application/x-rtp,media=video,encoding-name=H264,payload=102,clock-rate=90000,"
                             "packetization-mode=(string)1"
                           : "application/x-rtp,media=video,encoding-name=VP8,payload=96,clock-rate=90000";
}

std::string receivableVideoCaps(const std::string& codec) {
    const std::string profile = ",profile-level-id=(string)42e01f,level-asymmetry-allowed=(string)1";
    return videoCaps(codec) + (codec == "h264" ? profile : "");
}

constexpr const char* kAudioCaps =
    "application/x-rtp,media=audio,encoding-name=OPUS,payload=111,clock-rate=48000,encoding-params=(string)2";

std::string videoEncoder(const SessionSettings& settings) {
    const auto kbps = std::to_string(settings.videoKbps);
    if (settings.codec == "h264") {
        return "x264enc tune=zerolatency sliced-threads=false threads=1 speed-preset=ultrafast key-int-max=60 "
               "bitrate=" +
               kbps +
               " ! video/x-h264,profile=constrained-baseline ! rtph264pay pt=102 mtu=1200 config-interval=-1 "
               "aggregate-mode=zero-latency";
    }
    return "vp8enc deadline=1 cpu-used=8 keyframe-max-dist=60 threads=1 target-bitrate=" + kbps +
           "000 ! rtpvp8pay pt=96 mtu=1200 picture-id-mode=15-bit";
}

std::string clipPayloader(const std::string& codec) {
    if (codec == "vp8") return "rtpvp8pay pt=96 mtu=1200 picture-id-mode=15-bit";
    // Asked for parameter sets, rtph264pay would put them before every slice of a keyframe.
    return "h264parse config-interval=-1 ! rtph264pay pt=102 mtu=1200 aggregate-mode=zero-latency";
}

std::string raw(const SessionSettings& settings) {
    return "video/x-raw,format=I420,width=" + std::to_string(settings.width) +
           ",height=" + std::to_string(settings.height) + ",framerate=" + std::to_string(settings.fps) + "/1";
}

/// The whole graph as gst-launch writes it. Queues are leaky: webrtcbin's pads block until DTLS is up.
std::string graph(const SessionSettings& settings) {
    std::string text = "webrtcbin name=w bundle-policy=max-bundle";
    const std::string queue = " ! queue leaky=downstream max-size-buffers=400 max-size-time=0 max-size-bytes=0 ! ";
    const std::string size = raw(settings);
    std::string video = " videotestsrc is-live=true pattern=" + settings.pattern + " ! " + size;
    std::string audio = " audiotestsrc is-live=true wave=sine volume=0.5 freq=" + std::to_string(settings.toneHz);
    if (settings.passesClip) {
        return text + " filesrc location=\"" + settings.clip +
               "\" ! matroskademux name=d d.video_0 ! queue ! clocksync ! " + clipPayloader(settings.codec) + " ! " +
               videoCaps(settings.codec) + queue + "w. d.audio_0 ! queue ! clocksync ! rtpopuspay pt=111 ! " +
               kAudioCaps + queue + "w.";
    }
    if (!settings.clip.empty()) {
        text += " filesrc location=\"" + settings.clip + "\" ! decodebin name=d";
        video = " d. ! queue ! clocksync ! videoconvert ! videoscale ! videorate ! " + size;
        audio = " d. ! queue ! clocksync ! audioconvert ! audioresample";
    }
    text += video + queue + videoEncoder(settings) + " ! " + videoCaps(settings.codec) + queue + "w.";
    if (!settings.hasAudio) return text;
    text += audio + " ! audioconvert ! audio/x-raw,rate=48000,channels=2" + queue +
            "opusenc inband-fec=true ! rtpopuspay pt=111 ! " + kAudioCaps + queue + "w.";
    return text;
}

GstFlowReturn onPicture(GstAppSink* sink, gpointer media) {
    GstSample* sample = gst_app_sink_pull_sample(sink);
    GstVideoInfo info;
    GstVideoFrame frame;
    if (sample && gst_video_info_from_caps(&info, gst_sample_get_caps(sample)) &&
        gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample), GST_MAP_READ)) {
        (*static_cast<std::shared_ptr<ReceivedMedia>*>(media))
            ->addPicture(static_cast<const std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0)), info.width,
                         info.height, GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0));
        gst_video_frame_unmap(&frame);
    }
    if (sample) gst_sample_unref(sample);
    return GST_FLOW_OK;
}

GstFlowReturn onSound(GstAppSink* sink, gpointer media) {
    GstSample* sample = gst_app_sink_pull_sample(sink);
    GstMapInfo map;
    if (sample && gst_buffer_map(gst_sample_get_buffer(sample), &map, GST_MAP_READ)) {
        (*static_cast<std::shared_ptr<ReceivedMedia>*>(media))
            ->addSound(reinterpret_cast<const float*>(map.data), map.size / sizeof(float));
        gst_buffer_unmap(gst_sample_get_buffer(sample), &map);
    }
    if (sample) gst_sample_unref(sample);
    return GST_FLOW_OK;
}

std::string decoderFor(const std::string& encoding) {
    if (encoding == "VP8") return "rtpvp8depay ! vp8dec ! videoconvert ! video/x-raw,format=I420 ! appsink name=sink";
    if (encoding == "H264") {
        return "rtph264depay ! avdec_h264 max-threads=1 ! videoconvert ! video/x-raw,format=I420 ! appsink name=sink";
    }
    if (encoding == "OPUS") {
        return "rtpopusdepay ! opusdec ! audioconvert ! audio/x-raw,format=F32LE,rate=48000,channels=1 ! "
               "appsink name=sink";
    }
    return "fakesink async=false";
}

}  // namespace

Session::Session(SessionSettings settings) : settings_(std::move(settings)) {
    gst_init(nullptr, nullptr);
    if (settings_.sends) {
        GError* error = nullptr;
        pipeline_ = gst_parse_launch(graph(settings_).c_str(), &error);
        if (error) {
            const std::string reason = error->message;
            g_clear_error(&error);
            if (pipeline_) gst_object_unref(pipeline_);
            throw std::runtime_error(reason);
        }
    } else {
        pipeline_ = gst_pipeline_new(nullptr);
        GstElement* webrtc = gst_element_factory_make("webrtcbin", "w");
        if (!webrtc) throw std::runtime_error("the GStreamer element webrtcbin is not installed");
        g_object_set(webrtc, "bundle-policy", GST_WEBRTC_BUNDLE_POLICY_MAX_BUNDLE, nullptr);
        gst_bin_add(GST_BIN(pipeline_), webrtc);
    }
    webrtc_ = gst_bin_get_by_name(GST_BIN(pipeline_), "w");
    gst_object_unref(webrtc_);
    GstBus* bus = gst_element_get_bus(pipeline_);
    gst_bus_set_flushing(bus, TRUE);
    gst_object_unref(bus);
    g_signal_connect(
        webrtc_, "pad-added",
        G_CALLBACK(+[](GstElement*, GstPad* pad, gpointer self) { static_cast<Session*>(self)->onPad(pad); }), this);
    if (!settings_.sends) addReceivingTransceivers();
    GstElement* agent = nullptr;
    g_object_get(webrtc_, "ice-agent", &agent, nullptr);
    if (agent) {
        g_object_set(agent, "ice-tcp", FALSE, nullptr);
        gboolean added = FALSE;
        g_signal_emit_by_name(agent, "add-local-ip-address", "127.0.0.1", &added);
        gst_object_unref(agent);
    }
}

Session::~Session() {
    g_signal_handlers_disconnect_by_data(webrtc_, this);
    gst_element_set_state(pipeline_, GST_STATE_NULL);
    gst_object_unref(pipeline_);
}

void Session::addReceivingTransceivers() {
    for (const std::string& text : {std::string(kAudioCaps), receivableVideoCaps(settings_.codec)}) {
        GstCaps* caps = gst_caps_from_string(text.c_str());
        GstWebRTCRTPTransceiver* transceiver = nullptr;
        g_signal_emit_by_name(webrtc_, "add-transceiver", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY, caps,
                              &transceiver);
        gst_caps_unref(caps);
        if (transceiver) gst_object_unref(transceiver);
    }
}

std::string Session::createOffer() {
    if (gst_element_set_state(pipeline_, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
        throw std::runtime_error("the client's pipeline does not start");
    }
    GArray* transceivers = nullptr;
    const auto count = [&] {
        if (transceivers) g_array_unref(transceivers);
        g_signal_emit_by_name(webrtc_, "get-transceivers", &transceivers);
        return transceivers ? transceivers->len : 0U;
    };
    if (!waitUntil(milliseconds(5000), [&] { return count() >= (settings_.hasAudio ? 2U : 1U); }))
        throw std::runtime_error("no transceivers");
    for (guint i = 0; i < transceivers->len; ++i) {
        auto* transceiver = g_array_index(transceivers, GstWebRTCRTPTransceiver*, i);
        if (!settings_.receives) {
            g_object_set(transceiver, "direction", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDONLY, nullptr);
        }
        GstWebRTCKind kind = GST_WEBRTC_KIND_UNKNOWN;
        g_object_get(transceiver, "kind", &kind, nullptr);
        g_object_set(transceiver, "do-nack", kind == GST_WEBRTC_KIND_VIDEO ? TRUE : FALSE, nullptr);
    }
    g_array_unref(transceivers);

    GstPromise* promise = gst_promise_new();
    g_signal_emit_by_name(webrtc_, "create-offer", nullptr, promise);
    GstWebRTCSessionDescription* offer = nullptr;
    gst_structure_get(waitFor(promise), "offer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &offer, nullptr);
    gst_promise_unref(promise);
    promise = gst_promise_new();
    g_signal_emit_by_name(webrtc_, "set-local-description", offer, promise);
    waitFor(promise);
    gst_promise_unref(promise);
    gst_webrtc_session_description_free(offer);
    waitUntil(milliseconds(5000), [this] {
        GstWebRTCICEGatheringState state = GST_WEBRTC_ICE_GATHERING_STATE_NEW;
        g_object_get(webrtc_, "ice-gathering-state", &state, nullptr);
        return state == GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE;
    });
    return describeLocal(webrtc_);
}

std::string Session::describeLocal(GstElement* webrtc) {
    GstWebRTCSessionDescription* description = nullptr;
    g_object_get(webrtc, "local-description", &description, nullptr);
    if (!description) throw std::runtime_error("no local description");
    gchar* text = gst_sdp_message_as_text(description->sdp);
    const std::string sdp = text;
    g_free(text);
    gst_webrtc_session_description_free(description);
    return sdp;
}

void Session::setAnswer(const std::string& sdp) {
    GstSDPMessage* message = nullptr;
    if (gst_sdp_message_new_from_text(sdp.c_str(), &message) != GST_SDP_OK)
        throw std::runtime_error("malformed answer");
    auto* answer = gst_webrtc_session_description_new(GST_WEBRTC_SDP_TYPE_ANSWER, message);
    GstPromise* promise = gst_promise_new();
    g_signal_emit_by_name(webrtc_, "set-remote-description", answer, promise);
    gst_webrtc_session_description_free(answer);
    waitFor(promise);
    gst_promise_unref(promise);
}

std::string Session::connectionState() const {
    GstWebRTCPeerConnectionState state = GST_WEBRTC_PEER_CONNECTION_STATE_NEW;
    g_object_get(webrtc_, "connection-state", &state, nullptr);
    switch (state) {
        case GST_WEBRTC_PEER_CONNECTION_STATE_NEW: return "new";
        case GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTING: return "connecting";
        case GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED: return "connected";
        case GST_WEBRTC_PEER_CONNECTION_STATE_DISCONNECTED: return "disconnected";
        case GST_WEBRTC_PEER_CONNECTION_STATE_FAILED: return "failed";
        case GST_WEBRTC_PEER_CONNECTION_STATE_CLOSED: return "closed";
    }
    return "unknown";
}

bool Session::waitConnected(milliseconds deadline) const {
    return waitUntil(deadline, [this] { return connectionState() == "connected"; });
}

bool Session::waitForMedia(std::uint64_t frames, std::uint64_t audioSamples, milliseconds deadline) const {
    return waitUntil(deadline, [&] { return media_->frames() >= frames && media_->audioSamples() >= audioSamples; });
}

void Session::requestKeyframe() {
    GstIterator* pads = gst_element_iterate_src_pads(webrtc_);
    GValue item = G_VALUE_INIT;
    while (gst_iterator_next(pads, &item) == GST_ITERATOR_OK) {
        auto* pad = GST_PAD(g_value_get_object(&item));
        gst_pad_send_event(pad, gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0));
        g_value_reset(&item);
    }
    g_value_unset(&item);
    gst_iterator_free(pads);
}

void Session::onPad(GstPad* pad) {
    if (GST_PAD_DIRECTION(pad) != GST_PAD_SRC) return;
    GstCaps* caps = gst_pad_get_current_caps(pad);
    const gchar* name = caps ? gst_structure_get_string(gst_caps_get_structure(caps, 0), "encoding-name") : nullptr;
    const std::string encoding = name ? name : "";
    if (caps) gst_caps_unref(caps);
    GstElement* bin =
        gst_parse_bin_from_description(decoderFor(settings_.decodes ? encoding : "").c_str(), TRUE, nullptr);
    if (GstElement* sink = gst_bin_get_by_name(GST_BIN(bin), "sink")) {
        g_object_set(sink, "sync", FALSE, "async", FALSE, "enable-last-sample", FALSE, nullptr);
        GstAppSinkCallbacks callbacks{};
        callbacks.new_sample = encoding == "OPUS" ? &onSound : &onPicture;
        gst_app_sink_set_callbacks(GST_APP_SINK(sink), &callbacks, new std::shared_ptr<ReceivedMedia>(media_),
                                   [](gpointer media) { delete static_cast<std::shared_ptr<ReceivedMedia>*>(media); });
        gst_object_unref(sink);
    }
    gst_bin_add(GST_BIN(pipeline_), bin);
    GstPad* target = gst_element_get_static_pad(bin, "sink");
    gst_pad_link(pad, target);
    gst_object_unref(target);
    gst_element_sync_state_with_parent(bin);
}

}  // namespace webrtc_client
