#pragma once

#include <gst/app/gstappsrc.h>

#include "mcu/base/check.h"

#include "tests/bench/room/rtp_feeder.h"

namespace tessera {

/// What a pipeline of the benchmark begins with, one source per party and medium, named in-v0, in-a0, in-v1, ...
inline std::string rtpSource(const char* medium, int party) {
    const bool isVideo = *medium == 'v';
    return std::string("appsrc name=in-") + medium + std::to_string(party) +
           " is-live=true do-timestamp=true format=time max-bytes=0 caps=\"application/x-rtp,media=" +
           (isVideo ? "video,clock-rate=90000,encoding-name=VP8,payload=96"
                    : "audio,clock-rate=48000,encoding-name=OPUS,payload=111") +
           "\" ! " +
           (isVideo ? "rtpvp8depay ! vp8dec threads=1 qos=false "
                    : "rtpopusdepay ! opusdec plc=true use-inband-fec=true ");
}

/// Pushes one party's RTP into the sources of a pipeline.
class GstFeed final : public RtpSink {
public:
    GstFeed(GstElement* pipeline, int party)
        : video_(gst_bin_get_by_name(GST_BIN(pipeline), ("in-v" + std::to_string(party)).c_str())),
          audio_(gst_bin_get_by_name(GST_BIN(pipeline), ("in-a" + std::to_string(party)).c_str())) {
        TESSERA_CHECK(video_ != nullptr && audio_ != nullptr);
    }
    ~GstFeed() override {
        gst_object_unref(video_);
        gst_object_unref(audio_);
    }
    void push(MediaKind kind, const std::vector<std::uint8_t>& rtp, Duration) override {
        GstBuffer* buffer = gst_buffer_new_memdup(rtp.data(), rtp.size());
        gst_app_src_push_buffer(GST_APP_SRC(kind == MediaKind::Video ? video_ : audio_), buffer);
    }

private:
    GstElement* video_;
    GstElement* audio_;
};

inline std::vector<RtpSink*> sinksOf(const std::vector<std::unique_ptr<GstFeed>>& feeds) {
    std::vector<RtpSink*> sinks;
    for (const auto& feed : feeds) sinks.push_back(feed.get());
    return sinks;
}

/// Builds and starts a pipeline written as for gst-launch. @param prepare  called with it before it plays
template <typename Prepare>
GstElement* launch(const std::string& text, Prepare prepare) {
    gst_init(nullptr, nullptr);
    GError* error = nullptr;
    GstElement* pipeline = gst_parse_launch(text.c_str(), &error);
    if (error != nullptr) tessera::checkFailed(error->message, __FILE__, __LINE__);
    prepare(pipeline);
    TESSERA_CHECK(gst_element_set_state(pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE);
    return pipeline;
}

/// Calls `count` for each buffer that comes out of the named element.
inline void countBuffers(GstElement* pipeline, const std::string& name, const char* padName, Counter& counter) {
    GstElement* element = gst_bin_get_by_name(GST_BIN(pipeline), name.c_str());
    TESSERA_CHECK(element != nullptr);
    GstPad* pad = gst_element_get_static_pad(element, padName);
    gst_pad_add_probe(
        pad, GST_PAD_PROBE_TYPE_BUFFER,
        [](GstPad*, GstPadProbeInfo*, gpointer user) {
            static_cast<Counter*>(user)->add();
            return GST_PAD_PROBE_OK;
        },
        &counter, nullptr);
    gst_object_unref(pad);
    gst_object_unref(element);
}

}  // namespace tessera
