#include <algorithm>

#include "mcu/base/stats.h"
#include "mcu/meeting/encode_defaults.h"

#include "pipelines/codecs/encoder_catalog.h"
#include "tests/bench/room/gst_feed.h"
#include "tests/bench/room/room.h"

namespace tessera {
namespace {

constexpr Size kTile{426, 240};
/// Ours reads 80 ms behind arrival.
constexpr const char* kLatency = "80000000";

const VideoEncoderRow& x264Row() {
    const auto rows = videoEncoderCatalog();
    const auto found = std::find_if(rows.begin(), rows.end(), [](const auto& row) { return row.name == "x264"; });
    TESSERA_CHECK(found != rows.end());
    return *found;
}

/// Ours, in the words of opusenc.
std::vector<ElementProperty> opusProperties() {
    return {{"audio-type", "generic"},
            {"bitrate", std::to_string(AudioEncodeSpec{}.bitrateKbps * 1000)},
            {"bitrate-type", "constrained-vbr"},
            {"frame-size", "20"},
            {"complexity", "9"},
            {"inband-fec", "true"},
            {"packet-loss-percentage", "5"}};
}

std::string number(int value) {
    return std::to_string(value);
}

std::string compositorText(bool isLean) {
    std::string text = "compositor name=c background=black latency=" + std::string(kLatency);
    if (isLean) text += " max-threads=1";
    for (int i = 0; i < kParties; ++i) {
        const std::string pad = " sink_" + number(i);
        text += pad + "::xpos=" + number(i % 3 * kTile.width) + pad + "::ypos=" + number(i / 3 * kTile.height) + pad +
                "::width=" + number(kTile.width) + pad + "::height=" + number(kTile.height);
    }
    return text + " ! video/x-raw,format=I420,width=1280,height=720,framerate=30/1 ! queue ! x264enc name=x264 ! " +
           std::string(x264Row().outputCaps) + " ! fakesink name=video sync=false async=false ";
}

std::string mixerText(int party, bool isLean) {
    const std::string name = "m" + number(party);
    return "audiomixer name=" + name + " latency=" + kLatency +
           (isLean ? " output-buffer-duration=20000000 ! " : " ! ") +
           "audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=2 ! opusenc name=opus" + number(party) +
           " ! fakesink name=audio" + number(party) + " sync=false async=false ";
}

/// Each voice goes to everybody's mixer but its owner's.
std::string partyText(int party, bool isLean) {
    const std::string link = isLean ? " ! " : " ! queue ! ";
    std::string text = rtpSource("v", party) + link + "c.sink_" + number(party) + " " + rtpSource("a", party) +
                       "! tee name=t" + number(party) + " ";
    for (int other = 0; other < kParties; ++other) {
        if (other == party) continue;
        text +=
            "t" + number(party) + ".src_" + number(other) + link + "m" + number(other) + ".sink_" + number(party) + " ";
    }
    return text;
}

template <typename Properties>
void setUp(GstElement* pipeline, const std::string& name, const Properties& properties) {
    GstElement* element = gst_bin_get_by_name(GST_BIN(pipeline), name.c_str());
    TESSERA_CHECK(element != nullptr);
    for (const auto& [key, value] : properties) gst_util_set_object_arg(G_OBJECT(element), key, value.c_str());
    gst_object_unref(element);
}

class GstreamerRoom final : public Room {
public:
    explicit GstreamerRoom(bool isLean) {
        std::string text = compositorText(isLean);
        for (int i = 0; i < kParties; ++i) text += mixerText(i, isLean);
        for (int i = 0; i < kParties; ++i) text += partyText(i, isLean);
        pipeline_ = launch(text, [this](GstElement* pipeline) { prepare(pipeline); });
        for (int i = 0; i < kParties; ++i) feeds_.push_back(std::make_unique<GstFeed>(pipeline_, i));
    }
    ~GstreamerRoom() override {
        gst_element_set_state(pipeline_, GST_STATE_NULL);
        feeds_.clear();
        gst_object_unref(pipeline_);
    }
    std::vector<RtpSink*> sinks() override { return sinksOf(feeds_); }
    std::uint64_t pictures() const override { return pictures_.value(); }
    std::uint64_t decoded() const override { return decoded_.value(); }
    std::uint64_t soundPackets() const override { return soundPackets_.value(); }

private:
    void prepare(GstElement* pipeline) {
        const VideoEncodeSpec video = defaultVideoEncode(VideoCodec::H264, {kRoomCanvas, {}, {}}, {});
        setUp(pipeline, "x264", x264Row().properties(video));
        countBuffers(pipeline, "video", "sink", pictures_);
        for (int i = 0; i < kParties; ++i) {
            setUp(pipeline, "opus" + number(i), opusProperties());
            countBuffers(pipeline, "audio" + number(i), "sink", soundPackets_);
        }
        for (int i = 0; i < kParties; ++i) countBuffers(pipeline, "c", ("sink_" + number(i)).c_str(), decoded_);
    }

    GstElement* pipeline_ = nullptr;
    std::vector<std::unique_ptr<GstFeed>> feeds_;
    Counter pictures_, decoded_, soundPackets_;
};

}  // namespace

std::unique_ptr<Room> createGstreamerRoom(bool isLean) {
    return std::make_unique<GstreamerRoom>(isLean);
}

}  // namespace tessera
