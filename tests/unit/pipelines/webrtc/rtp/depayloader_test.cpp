#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>

#include "pipelines/gst/gst_ptr.h"
#include "pipelines/gst/gst_runtime.h"
#include "pipelines/webrtc/rtp/rtp_packet.h"
#include "pipelines/webrtc/rtp/rtp_stream_writer.h"

namespace tessera {

namespace {

using Bytes = std::vector<std::uint8_t>;

GstElementPtr named(GstElement* pipeline, const char* name) {
    return GstElementPtr(gst_bin_get_by_name(GST_BIN(pipeline), name));
}

/// Plays a pipeline and gives what comes out of its appsink "out" until it ends.
std::vector<Bytes> play(const std::string& description, const std::function<void(GstElement*)>& feed) {
    initGst();
    const GstElementPtr pipeline(gst_parse_launch(description.c_str(), nullptr));
    BOOST_REQUIRE(pipeline != nullptr);
    gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
    feed(pipeline.get());
    const GstElementPtr out = named(pipeline.get(), "out");
    std::vector<Bytes> buffers;
    while (GstSamplePtr sample{gst_app_sink_try_pull_sample(GST_APP_SINK(out.get()), 20 * GST_SECOND)}) {
        GstMapInfo map;
        GstBuffer* buffer = gst_sample_get_buffer(sample.get());
        BOOST_REQUIRE(gst_buffer_map(buffer, &map, GST_MAP_READ));
        buffers.emplace_back(map.data, map.data + map.size);
        gst_buffer_unmap(buffer, &map);
    }
    gst_element_set_state(pipeline.get(), GST_STATE_NULL);
    return buffers;
}

std::vector<Bytes> encode(const std::string& encoder) {
    return play("videotestsrc num-buffers=20 pattern=snow ! video/x-raw,format=I420,width=320,height=240 ! " + encoder +
                    " ! appsink name=out sync=false",
                [](GstElement*) {});
}

/// What GStreamer's depayloader makes of the RTP packets that we make of these frames.
std::vector<Bytes> throughRtp(const std::vector<Bytes>& frames, VideoCodec codec, const std::string& depayloader) {
    return play("appsrc name=in format=time ! " + depayloader + " ! appsink name=out sync=false",
                [&](GstElement* pipeline) {
                    const GstElementPtr in = named(pipeline, "in");
                    RtpStreamWriter writer({1, 96, 90000, 65530, 0xFFFFF000});
                    Packet packet;
                    for (const Bytes& frame : frames) {
                        packet.bytes = frame;
                        packet.pts = MediaTime(FrameRate{30, 1}.tickTime(static_cast<std::int64_t>(++packet.sequence)));
                        const auto cut = packetize(packet, codec);
                        BOOST_REQUIRE(writer.begin(*cut));
                        for (std::size_t i = 0; i < cut->count(); ++i) {
                            const Bytes rtp = plainRtp(writer.next(*cut, i), cut->payload(i));
                            GstBuffer* buffer = gst_buffer_new_memdup(rtp.data(), rtp.size());
                            GST_BUFFER_PTS(buffer) = static_cast<GstClockTime>(packet.pts.time_since_epoch().count());
                            gst_app_src_push_buffer(GST_APP_SRC(in.get()), buffer);
                        }
                    }
                    gst_app_src_end_of_stream(GST_APP_SRC(in.get()));
                });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(depayloader)

BOOST_AUTO_TEST_CASE(another_vp8_depayloader_gets_the_frames_back) {
    const auto frames = encode("vp8enc deadline=1 target-bitrate=4000000 keyframe-max-dist=5");
    BOOST_REQUIRE(frames.size() == 20U);
    const auto back =
        throughRtp(frames, VideoCodec::Vp8,
                   "application/x-rtp,media=video,clock-rate=90000,encoding-name=VP8,payload=96 ! rtpvp8depay");
    BOOST_REQUIRE(back.size() == frames.size());
    for (std::size_t i = 0; i < frames.size(); ++i) BOOST_TEST((back[i] == frames[i]));
}

BOOST_AUTO_TEST_CASE(another_h264_depayloader_gets_the_access_units_back) {
    // Delimiters are not sent, so none are made; start codes are of four bytes on the way out.
    const auto frames = encode(
        "x264enc tune=zerolatency sliced-threads=false threads=1 key-int-max=5 aud=false bitrate=4000 ! "
        "video/x-h264,stream-format=byte-stream,alignment=au,profile=constrained-baseline");
    BOOST_REQUIRE(frames.size() == 20U);
    const auto back = throughRtp(
        frames, VideoCodec::H264,
        "application/x-rtp,media=video,clock-rate=90000,encoding-name=H264,payload=96,packetization-mode=(string)1 ! "
        "rtph264depay ! video/x-h264,stream-format=byte-stream,alignment=au");
    BOOST_REQUIRE(back.size() == frames.size());
    // Compared by what is cut out of both, since start codes may be of three or four bytes.
    for (std::size_t i = 0; i < frames.size(); ++i) {
        Packet sent, received;
        sent.bytes = frames[i];
        received.bytes = back[i];
        const auto a = packetizeH264(sent), b = packetizeH264(received);
        BOOST_REQUIRE(a->count() == b->count());
        for (std::size_t part = 0; part < a->count(); ++part) {
            BOOST_TEST(std::equal(a->payload(part).begin(), a->payload(part).end(), b->payload(part).begin(),
                                  b->payload(part).end()));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
