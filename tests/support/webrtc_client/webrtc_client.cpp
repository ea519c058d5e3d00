#include "webrtc_client.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/sdp/sdp.h>
#include <gst/webrtc/webrtc.h>

namespace tessera::test {
namespace {

constexpr const char* kOpusCaps =
    "application/x-rtp,media=audio,encoding-name=OPUS,payload=111,clock-rate=48000,encoding-params=(string)2";
constexpr const char* kVp8Caps =
    "application/x-rtp,media=video,encoding-name=VP8,payload=96,clock-rate=90000,rtcp-fb-nack=true,"
    "rtcp-fb-nack-pli=true,rtcp-fb-ccm-fir=true";
constexpr const char* kH264Caps =
    "application/x-rtp,media=video,encoding-name=H264,payload=102,clock-rate=90000,packetization-mode=(string)1,"
    "profile-level-id=(string)42e01f,rtcp-fb-nack=true,rtcp-fb-nack-pli=true,rtcp-fb-ccm-fir=true";

GstWebRTCRTPTransceiverDirection directionOf(const WebRtcClientOptions& options) {
    return options.receives ? GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDRECV
                            : GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDONLY;
}

GstFlowReturn pull(GstAppSink* sink, gpointer user) {
    auto* received = static_cast<std::shared_ptr<ReceivedMedia>*>(user)->get();
    GstSample* sample = gst_app_sink_pull_sample(sink);
    if (!sample) return GST_FLOW_EOS;
    const GstStructure* caps = gst_caps_get_structure(gst_sample_get_caps(sample), 0);
    gst_structure_has_name(caps, "video/x-raw") ? received->onPicture(sample) : received->onSound(sample);
    gst_sample_unref(sample);
    return GST_FLOW_OK;
}

void falsify(std::string& sdp) {
    for (std::size_t at = sdp.find("a=fingerprint:"); at != std::string::npos;
         at = sdp.find("a=fingerprint:", at + 1)) {
        char& digit = sdp[sdp.find_first_of("\r\n", at) - 1];
        digit = digit == '0' ? '1' : '0';
    }
}

}  // namespace

/// Encoded frames of a file, pushed in a loop. The sink pad of webrtcbin paces them by their timestamps.
struct WebRtcClient::Clip {
    std::vector<GstBuffer*> frames;
    GstCaps* caps = nullptr;
    GstElement* source = nullptr;
    std::size_t next = 0;
    GstClockTime time = 0;

    static constexpr GstClockTime kFrame = GST_SECOND / 30;

    void load(const std::string& path) {
        const bool isIvf = path.ends_with(".ivf");
        const std::string text = "filesrc location=\"" + path + "\" ! " + (isIvf ? "ivfparse" : "matroskademux") +
                                 " ! appsink name=sink sync=false";
        GstElement* reader = gst_parse_launch(text.c_str(), nullptr);
        GstElement* sink = gst_bin_get_by_name(GST_BIN(reader), "sink");
        gst_element_set_state(reader, GST_STATE_PLAYING);
        while (GstSample* sample = gst_app_sink_pull_sample(GST_APP_SINK(sink))) {
            if (!caps) caps = gst_caps_ref(gst_sample_get_caps(sample));
            frames.push_back(gst_buffer_ref(gst_sample_get_buffer(sample)));
            gst_sample_unref(sample);
        }
        gst_element_set_state(reader, GST_STATE_NULL);
        gst_object_unref(sink);
        gst_object_unref(reader);
    }
    static void needData(GstAppSrc* source, guint, gpointer user) {
        auto* self = static_cast<Clip*>(user);
        if (self->frames.empty()) return;
        GstBuffer* buffer = gst_buffer_copy(self->frames[self->next]);
        self->next = (self->next + 1) % self->frames.size();
        GST_BUFFER_PTS(buffer) = GST_BUFFER_DTS(buffer) = self->time;
        GST_BUFFER_DURATION(buffer) = kFrame;
        self->time += kFrame;
        gst_app_src_push_buffer(source, buffer);
    }
    ~Clip() {
        for (auto* frame : frames) gst_buffer_unref(frame);
        if (caps) gst_caps_unref(caps);
    }
};

WebRtcClient::WebRtcClient(WebRtcClientOptions options)
    : options_(std::move(options)), received_(std::make_shared<ReceivedMedia>()) {
    gst_init(nullptr, nullptr);
    g_mutex_init(&mutex_);
    g_cond_init(&changed_);
    pipeline_ = gst_pipeline_new("client");
    webrtc_ = gst_element_factory_make("webrtcbin", nullptr);
    g_object_set(webrtc_, "bundle-policy", GST_WEBRTC_BUNDLE_POLICY_MAX_BUNDLE, "latency", 100, nullptr);
    GObject* ice = nullptr;
    g_object_get(webrtc_, "ice-agent", &ice, nullptr);
    gboolean added = FALSE;
    g_signal_emit_by_name(ice, "add-local-ip-address", "127.0.0.1", &added);
    g_object_unref(ice);
    gst_bin_add(GST_BIN(pipeline_), webrtc_);
    g_signal_connect(webrtc_, "pad-added", G_CALLBACK(&WebRtcClient::onPadAdded), this);
    g_signal_connect(webrtc_, "notify::connection-state", G_CALLBACK(&WebRtcClient::onStateChanged), this);
    g_signal_connect(webrtc_, "notify::ice-gathering-state", G_CALLBACK(&WebRtcClient::onStateChanged), this);
    if (options_.sendsVideo) addSender(videoSource(), "video");
    if (options_.sendsAudio) {
        addSender("audiotestsrc is-live=true samplesperbuffer=960 volume=0.5 freq=" + std::to_string(options_.toneHz) +
                      " ! audio/x-raw,rate=48000,channels=1 ! opusenc inband-fec=true ! rtpopuspay pt=111 ! " +
                      kOpusCaps,
                  "audio");
    }
    if (options_.receives && !options_.sendsVideo) addReceiver(options_.codec == "h264" ? kH264Caps : kVp8Caps);
    if (options_.receives && !options_.sendsAudio) addReceiver(kOpusCaps);
    startClip();
}

std::string WebRtcClient::videoSource() const {
    if (!options_.clip.empty()) {
        return std::string("appsrc name=clip format=time is-live=true ! rtpvp8pay pt=96 picture-id-mode=15-bit ! ") +
               kVp8Caps;
    }
    const std::string picture =
        "videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,framerate=30/1,width=" +
        std::to_string(options_.width) + ",height=" + std::to_string(options_.height) + " ! ";
    if (options_.codec == "h264") {
        return picture +
               "x264enc tune=zerolatency speed-preset=ultrafast bitrate=800 key-int-max=300 threads=1 "
               "sliced-threads=false ! video/x-h264,profile=constrained-baseline ! rtph264pay pt=102 "
               "config-interval=-1 aggregate-mode=zero-latency ! " +
               kH264Caps;
    }
    return picture +
           "vp8enc deadline=1 cpu-used=16 target-bitrate=800000 keyframe-max-dist=300 error-resilient=default ! "
           "rtpvp8pay pt=96 picture-id-mode=15-bit ! " +
           kVp8Caps;
}

void WebRtcClient::startClip() {
    GstElement* source = gst_bin_get_by_name(GST_BIN(pipeline_), "clip");
    if (!source) return;
    clip_ = std::make_unique<Clip>();
    clip_->load(options_.clip);
    g_object_set(source, "caps", clip_->caps, nullptr);
    g_signal_connect(source, "need-data", G_CALLBACK(&Clip::needData), clip_.get());
    gst_object_unref(source);
}

void WebRtcClient::addSender(const std::string& description, const char* name) {
    // webrtcbin's sink pads block until DTLS is up: the queue then leaks.
    GError* error = nullptr;
    const bool isClip = description.find("name=clip") != std::string::npos;
    const std::string queue = isClip ? "" : " ! queue leaky=downstream max-size-buffers=0 max-size-time=500000000";
    GstElement* bin = gst_parse_bin_from_description((description + queue).c_str(), TRUE, &error);
    if (!bin) g_error("client: %s", error->message);
    gst_element_set_name(bin, name);
    gst_bin_add(GST_BIN(pipeline_), bin);
    GstPad* sink = gst_element_request_pad_simple(webrtc_, "sink_%u");
    GstPad* source = gst_element_get_static_pad(bin, "src");
    gst_pad_link(source, sink);
    GstWebRTCRTPTransceiver* transceiver = nullptr;
    g_object_get(sink, "transceiver", &transceiver, nullptr);
    g_object_set(transceiver, "direction", directionOf(options_), nullptr);
    if (g_str_equal(name, "video")) g_object_set(transceiver, "do-nack", TRUE, nullptr);
    gst_object_unref(transceiver);
    gst_object_unref(source);
    gst_object_unref(sink);
}

void WebRtcClient::addReceiver(const char* text) {
    GstCaps* caps = gst_caps_from_string(text);
    GstWebRTCRTPTransceiver* transceiver = nullptr;
    g_signal_emit_by_name(webrtc_, "add-transceiver", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY, caps,
                          &transceiver);
    if (text != kOpusCaps) g_object_set(transceiver, "do-nack", TRUE, nullptr);
    gst_object_unref(transceiver);
    gst_caps_unref(caps);
}

WebRtcClient::~WebRtcClient() {
    gst_element_set_state(pipeline_, GST_STATE_NULL);
    g_signal_handlers_disconnect_by_data(webrtc_, this);
    gst_object_unref(pipeline_);
    g_mutex_clear(&mutex_);
    g_cond_clear(&changed_);
}

std::string WebRtcClient::createOffer() {
    gst_element_set_state(pipeline_, GST_STATE_PLAYING);
    // The codecs of a stream that is sent are known once its caps have come.
    gst_element_get_state(pipeline_, nullptr, nullptr, 2 * GST_SECOND);
    GstPromise* promise = gst_promise_new();
    g_signal_emit_by_name(webrtc_, "create-offer", nullptr, promise);
    if (gst_promise_wait(promise) != GST_PROMISE_RESULT_REPLIED) return {};
    GstWebRTCSessionDescription* offer = nullptr;
    gst_structure_get(gst_promise_get_reply(promise), "offer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &offer, nullptr);
    gst_promise_unref(promise);
    if (!offer) return {};
    promise = gst_promise_new();
    g_signal_emit_by_name(webrtc_, "set-local-description", offer, promise);
    gst_promise_wait(promise);
    gst_promise_unref(promise);
    gst_webrtc_session_description_free(offer);

    g_mutex_lock(&mutex_);
    const gint64 end = g_get_monotonic_time() + 2 * G_TIME_SPAN_SECOND;
    for (;;) {
        GstWebRTCICEGatheringState state{};
        g_object_get(webrtc_, "ice-gathering-state", &state, nullptr);
        if (state == GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE) break;
        if (!g_cond_wait_until(&changed_, &mutex_, end)) break;
    }
    g_mutex_unlock(&mutex_);
    g_object_get(webrtc_, "local-description", &offer, nullptr);
    gchar* text = gst_sdp_message_as_text(offer->sdp);
    std::string sdp = text;
    g_free(text);
    gst_webrtc_session_description_free(offer);
    if (options_.falsifiesFingerprint) falsify(sdp);
    return sdp;
}

void WebRtcClient::setAnswer(const std::string& text) {
    GstSDPMessage* sdp = nullptr;
    gst_sdp_message_new_from_text(text.c_str(), &sdp);
    GstWebRTCSessionDescription* answer = gst_webrtc_session_description_new(GST_WEBRTC_SDP_TYPE_ANSWER, sdp);
    GstPromise* promise = gst_promise_new();
    g_signal_emit_by_name(webrtc_, "set-remote-description", answer, promise);
    gst_promise_wait(promise);
    gst_promise_unref(promise);
    gst_webrtc_session_description_free(answer);
}

bool WebRtcClient::isConnected() const {
    GstWebRTCPeerConnectionState state{};
    g_object_get(webrtc_, "connection-state", &state, nullptr);
    return state == GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED;
}

bool WebRtcClient::waitConnected(double seconds) {
    const gint64 end = g_get_monotonic_time() + static_cast<gint64>(seconds * G_TIME_SPAN_SECOND);
    g_mutex_lock(&mutex_);
    bool isUp = isConnected();
    while (!isUp && g_cond_wait_until(&changed_, &mutex_, end)) isUp = isConnected();
    g_mutex_unlock(&mutex_);
    return isUp;
}

void WebRtcClient::onStateChanged(GObject*, GParamSpec*, gpointer user) {
    auto* self = static_cast<WebRtcClient*>(user);
    g_mutex_lock(&self->mutex_);
    g_cond_broadcast(&self->changed_);
    g_mutex_unlock(&self->mutex_);
}

void WebRtcClient::onPadAdded(GstElement*, GstPad* pad, gpointer user) {
    if (GST_PAD_DIRECTION(pad) == GST_PAD_SRC) static_cast<WebRtcClient*>(user)->receive(pad);
}

void WebRtcClient::receive(GstPad* pad) {
    GstCaps* caps = gst_pad_get_current_caps(pad);
    const std::string encoding = gst_structure_get_string(gst_caps_get_structure(caps, 0), "encoding-name");
    gst_caps_unref(caps);
    const char* sink = " ! appsink name=sink sync=false async=false max-buffers=30 drop=false";
    std::string text;
    if (encoding == "OPUS") {
        text = "rtpopusdepay ! opusdec plc=true ! audioconvert ! audio/x-raw,format=F32LE,channels=1,rate=48000";
    } else if (encoding == "VP8") {
        text = "rtpvp8depay ! vp8dec ! video/x-raw,format=I420";
    } else {
        text = "rtph264depay ! avdec_h264 max-threads=1 ! video/x-raw,format=I420";
    }
    GstElement* bin = gst_parse_bin_from_description((text + sink).c_str(), TRUE, nullptr);
    GstElement* appsink = gst_bin_get_by_name(GST_BIN(bin), "sink");
    GstAppSinkCallbacks callbacks{};
    callbacks.new_sample = &pull;
    gst_app_sink_set_callbacks(GST_APP_SINK(appsink), &callbacks, new std::shared_ptr<ReceivedMedia>(received_),
                               [](gpointer user) { delete static_cast<std::shared_ptr<ReceivedMedia>*>(user); });
    gst_object_unref(appsink);
    if (encoding != "OPUS") {
        gst_pad_add_probe(
            pad, GST_PAD_PROBE_TYPE_BUFFER,
            [](GstPad*, GstPadProbeInfo* info, gpointer user) {
                (*static_cast<std::shared_ptr<ReceivedMedia>*>(user))
                    ->onVideoPacket(gst_buffer_get_size(GST_PAD_PROBE_INFO_BUFFER(info)));
                return GST_PAD_PROBE_OK;
            },
            new std::shared_ptr<ReceivedMedia>(received_),
            [](gpointer user) { delete static_cast<std::shared_ptr<ReceivedMedia>*>(user); });
    }
    gst_bin_add(GST_BIN(pipeline_), bin);
    gst_element_sync_state_with_parent(bin);
    GstPad* input = gst_element_get_static_pad(bin, "sink");
    gst_pad_link(pad, input);
    gst_object_unref(input);
}

}  // namespace tessera::test
