extern "C" {
#include <libavcodec/avcodec.h>
}

#include <cmath>

#include "mcu/base/stats.h"
#include "mcu/meeting/encode_defaults.h"
#include "mcu/video/compositor.h"

#include "pipelines/codecs/audio_encoder.h"
#include "pipelines/codecs/video_encoder.h"
#include "tests/bench/room/gst_feed.h"
#include "tests/bench/room/room.h"

namespace tessera {
namespace {

constexpr int kPictures = 60;  ///< of the composed sequence that is encoded over and over, forwards and backwards

struct DecoderFree {
    void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
};
struct FrameFree {
    void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
struct PacketFree {
    void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};

FramePtr wrap(const AVFrame& decoded) {
    const std::shared_ptr<AVFrame> kept(av_frame_clone(&decoded), FrameFree());
    auto frame = std::make_shared<VideoFrame>();
    frame->size = {kept->width, kept->height};
    for (std::size_t i = 0; i < 3; ++i) frame->planes[i] = {kept->data[i], kept->linesize[i]};
    frame->owner = kept;
    return frame;
}

std::vector<FramePtr> decodeClip(const RtpClip& clip) {
    const std::unique_ptr<AVCodecContext, DecoderFree> decoder(
        avcodec_alloc_context3(avcodec_find_decoder(AV_CODEC_ID_VP8)));
    decoder->thread_count = 1;
    TESSERA_CHECK(avcodec_open2(decoder.get(), nullptr, nullptr) == 0);
    const std::unique_ptr<AVFrame, FrameFree> frame(av_frame_alloc());
    const std::unique_ptr<AVPacket, PacketFree> packet(av_packet_alloc());
    std::vector<FramePtr> frames;
    for (const ClipUnit& unit : clip.units) {
        if (unit.kind != MediaKind::Video || frames.size() == kPictures) continue;
        packet->data = const_cast<std::uint8_t*>(unit.bytes.data());
        packet->size = static_cast<int>(unit.bytes.size());
        TESSERA_CHECK(avcodec_send_packet(decoder.get(), packet.get()) == 0);
        while (avcodec_receive_frame(decoder.get(), frame.get()) == 0) frames.push_back(wrap(*frame));
    }
    return frames;
}

/// What a meeting of nine would encode.
std::vector<FramePtr> composeClip(const RtpClip& clip) {
    const auto decoded = decodeClip(clip);
    const auto compositor = createCpuCompositor();
    Composition composition;
    composition.canvas = kRoomCanvas;
    for (int i = 0; i < kParties; ++i) {
        Layer layer;
        layer.source = i;
        layer.rect = {i % 3 * 426, i / 3 * 240, 426, 240};
        composition.layers.push_back(layer);
    }
    std::vector<FramePtr> composed;
    for (const FramePtr& each : decoded) {
        const std::vector<FramePtr> sources(kParties, each);
        composed.push_back(*compositor->compose(composition, sources, MediaTime{}));
    }
    return composed;
}

struct CountingSink final : PacketSink {
    void offer(PacketPtr) override { count.add(); }
    Counter count;
};

class CodecRoom final : public Room {
public:
    explicit CodecRoom(const RtpClip& clip) : composed_(composeClip(clip)) {
        std::string text;
        for (int i = 0; i < kParties; ++i) {
            text += rtpSource("v", i) + "! fakesink name=dv" + std::to_string(i) + " sync=false async=false ";
            text += rtpSource("a", i) + "! fakesink sync=false async=false ";
        }
        pipeline_ = launch(text, [this](GstElement* pipeline) {
            for (int i = 0; i < kParties; ++i) countBuffers(pipeline, "dv" + std::to_string(i), "sink", decoded_);
        });
        for (int i = 0; i < kParties; ++i) feeds_.push_back(std::make_unique<GstFeed>(pipeline_, i));
        videoEncoder_ =
            std::move(*createVideoEncoder(defaultVideoEncode(VideoCodec::H264, {kRoomCanvas, {}, {}}, {}), video_));
        for (int i = 0; i < kParties; ++i) {
            audioEncoders_.push_back(std::move(*createAudioEncoder(AudioEncodeSpec{}, audio_)));
        }
        ticks_ = Thread("bench-ticks", [this] { tick(); });
    }
    ~CodecRoom() override {
        isEnding_ = true;
        ticks_.join();
        gst_element_set_state(pipeline_, GST_STATE_NULL);
        feeds_.clear();
        gst_object_unref(pipeline_);
    }
    std::vector<RtpSink*> sinks() override { return sinksOf(feeds_); }
    std::uint64_t pictures() const override { return video_.count.value(); }
    std::uint64_t decoded() const override { return decoded_.value(); }
    std::uint64_t soundPackets() const override { return audio_.count.value(); }

private:
    /// Offers a picture 30 times and a block 100 times a second.
    void tick() {
        const SteadyClock clock;
        const MonotonicTime begin = clock.now();
        AudioBlock block;
        for (std::int64_t k = 0, n = 0; !isEnding_; ++k) {
            clock.sleepUntil(begin + kAudioTickRate.tickTime(k));
            fill(block, k);
            for (const auto& encoder : audioEncoders_) encoder->offer(block);
            if (FrameRate{}.tickTime(n) > kAudioTickRate.tickTime(k)) continue;
            const auto turn = static_cast<std::size_t>(n % (2 * kPictures - 2));
            auto frame = std::make_shared<VideoFrame>(*composed_[turn < kPictures ? turn : 2 * kPictures - 2 - turn]);
            frame->pts = MediaTime(FrameRate{}.tickTime(n++));
            videoEncoder_->offer(std::move(frame));
        }
    }
    static void fill(AudioBlock& block, std::int64_t index);

    // Owned
    std::vector<FramePtr> composed_;
    CountingSink video_, audio_;
    Counter decoded_;
    GstElement* pipeline_ = nullptr;
    std::vector<std::unique_ptr<GstFeed>> feeds_;
    std::unique_ptr<VideoEncoder> videoEncoder_;
    std::vector<std::unique_ptr<AudioEncoder>> audioEncoders_;
    // State
    std::atomic<bool> isEnding_{false};
    Thread ticks_;
};

/// 440 Hz, as the clip has it.
void CodecRoom::fill(AudioBlock& block, std::int64_t index) {
    block.index = index;
    for (auto& channel : block.samples) {
        for (std::size_t i = 0; i < channel.size(); ++i) {
            const double sample = static_cast<double>(index % 100) * kBlockSamples + static_cast<double>(i);
            channel[i] = static_cast<float>(0.125 * std::sin(sample * 440 * 2 * M_PI / kSampleRate));
        }
    }
}

}  // namespace

std::unique_ptr<Room> createCodecRoom(const RtpClip& clip) {
    return std::make_unique<CodecRoom>(clip);
}

}  // namespace tessera
