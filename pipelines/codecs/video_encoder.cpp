#include "pipelines/codecs/video_encoder.h"

#include <array>
#include <cstring>
#include <utility>

#include "mcu/base/log.h"
#include "mcu/media/frame_pool.h"

#include "pipelines/codecs/encoder_element.h"
#include "pipelines/codecs/keyframe_gate.h"
#include "pipelines/codecs/still_gate.h"
#include "pipelines/gst/frame_bridge.h"
#include "pipelines/gst/gst_runtime.h"

namespace tessera {
namespace {

constexpr std::size_t kMaxWaiting = 2;
constexpr Duration kRetryInterval = std::chrono::seconds(1);

std::vector<std::uint8_t> bytesOf(GstBuffer* buffer) {
    std::vector<std::uint8_t> bytes(gst_buffer_get_size(buffer));
    gst_buffer_extract(buffer, 0, bytes.data(), bytes.size());
    return bytes;
}

GstCapsPtr inputCaps(const VideoEncodeSpec& spec) {
    initGst();
    VideoFrame frame;
    frame.size = spec.size;
    return capsForFrames(frame, spec.rate);
}

Result<std::unique_ptr<EncoderElement>> makeElement(const VideoEncoderRow& row, const VideoEncodeSpec& spec,
                                                    EncoderElement::OnEncoded onEncoded) {
    return EncoderElement::create({row.element, row.properties(spec), row.outputCaps}, inputCaps(spec),
                                  std::move(onEncoded));
}

class ThreadedVideoEncoder final : public VideoEncoder {
public:
    ThreadedVideoEncoder(const VideoEncoderRow& row, const VideoEncodeSpec& spec, PacketSink& sink)
        : sink_(sink), row_(row), still_(std::chrono::milliseconds(spec.keyframeIntervalMs)), spec_(spec) {}
    ~ThreadedVideoEncoder() override {
        {
            Lock lock(mutex_);
            stopping_ = true;
            wake_.notifyAll();
        }
        thread_.join();
    }

    Status start() {
        TESSERA_TRY(makeNewElement());
        thread_ = Thread("video-encode", [this] { run(); });
        return kOk;
    }

    void offer(FramePtr frame) override {
        TESSERA_CHECK(frame->size == spec_.size && frame->memory == MemoryKind::Host);
        FramePtr released;
        Lock lock(mutex_);
        if (waitingCount_ == kMaxWaiting) {
            released = std::exchange(waiting_[0], std::move(waiting_[1]));
            --waitingCount_;
            dropped_.add();
        }
        waiting_[waitingCount_++] = std::move(frame);
        wake_.notifyOne();
    }

    void requestKeyframe() override { gate_.request(); }
    std::uint64_t framesEncoded() const override { return encoded_.value(); }
    std::uint64_t framesDropped() const override { return dropped_.value(); }
    std::string name() const override { return std::string(row_.name); }

private:
    Status makeNewElement() {
        auto element = makeElement(row_, spec_, [this](const EncodedBuffer& buffer) { onEncoded(buffer); });
        if (!element) return element.error();
        element_ = std::move(element).value();
        return kOk;
    }

    FramePtr next() {
        Lock lock(mutex_);
        wake_.wait(mutex_, [this] { return stopping_ || waitingCount_ > 0; });
        if (stopping_) return nullptr;
        FramePtr frame = std::exchange(waiting_[0], std::move(waiting_[1]));
        --waitingCount_;
        return frame;
    }

    void run() {
        while (FramePtr frame = next()) encode(frame);
        element_.reset();
    }

    void encode(const FramePtr& frame) {
        if (!element_ && !recover(frame->pts)) {
            dropped_.add();
            return;
        }
        const bool isAsked = gate_.grant(frame->pts);
        if (still_.skips(frame->id, frame->pts)) {
            if (!isAsked) return;
            still_.onForced(frame->pts);
        }
        if (isAsked || still_.needsKeyframe(frame->pts)) element_->forceKeyframe();
        if (const Status pushed = element_->push(bufferFromFrame(frame)); !pushed) {
            log(LogLevel::Error, "encoder", pushed.error().message, {{"encoder", name()}});
            element_.reset();
            failedAt_ = frame->pts;
            dropped_.add();
        }
    }

    bool recover(MediaTime now) {
        if (now - failedAt_ < kRetryInterval) return false;
        failedAt_ = now;
        return makeNewElement().ok();
    }

    void onEncoded(const EncodedBuffer& encoded) {
        if (encoded.keyframe) {
            gate_.onKeyframe();
            still_.onKeyframe(MediaTime(encoded.runningTime));
        }
        auto packet = std::make_shared<Packet>();
        packet->kind = MediaKind::Video;
        packet->keyframe = encoded.keyframe;
        packet->pts = MediaTime(encoded.runningTime);
        packet->duration = spec_.rate.period();
        packet->sequence = sequence_++;
        packet->bytes = bytesOf(encoded.buffer);
        encoded_.add();
        sink_.offer(std::move(packet));
    }

    // Borrowed
    PacketSink& sink_;
    const VideoEncoderRow& row_;
    // Owned by the thread
    std::unique_ptr<EncoderElement> element_;
    StillGate still_;
    std::uint64_t sequence_ = 0;
    MediaTime failedAt_{};
    // State
    VideoEncodeSpec spec_;
    KeyframeGate gate_;
    Counter encoded_;
    Counter dropped_;
    Mutex mutex_;
    CondVar wake_;
    std::array<FramePtr, kMaxWaiting> waiting_ GUARDED_BY(mutex_);
    std::size_t waitingCount_ GUARDED_BY(mutex_) = 0;
    bool stopping_ GUARDED_BY(mutex_) = false;
    Thread thread_;
};

Status validate(const VideoEncodeSpec& spec) {
    const auto [width, height] = spec.size;
    if (width < 16 || height < 16 || width > 4096 || height > 4096 || width % 2 != 0 || height % 2 != 0) {
        return invalidArgument("the size of an encode is even and 16x16 to 4096x4096", "video");
    }
    if (spec.rate.num <= 0 || spec.rate.den <= 0 || spec.rate.toDouble() > 120) {
        return invalidArgument("the frame rate of an encode is above 0 and at most 120", "fps");
    }
    if (spec.bitrateKbps < 20 || spec.bitrateKbps > 100'000) {
        return invalidArgument("the bitrate of a video encode is 20 to 100000 kbit/s", "bitrate_kbps");
    }
    if (spec.keyframeIntervalMs < 100 || spec.keyframeIntervalMs > 60'000) {
        return invalidArgument("the keyframe interval is 100 to 60000 ms", "keyframe_interval_ms");
    }
    return kOk;
}

}  // namespace

Result<std::unique_ptr<VideoEncoder>> createVideoEncoder(const VideoEncoderRow& row, const VideoEncodeSpec& spec,
                                                         PacketSink& sink) {
    TESSERA_TRY(validate(spec));
    auto encoder = std::make_unique<ThreadedVideoEncoder>(row, spec, sink);
    TESSERA_TRY(encoder->start());
    return std::unique_ptr<VideoEncoder>(std::move(encoder));
}

Result<std::unique_ptr<VideoEncoder>> createVideoEncoder(const VideoEncodeSpec& spec, PacketSink& sink) {
    Error reason = unsupported("there is no encoder for " + std::string(toString(spec.codec)), "codec");
    for (const auto& row : videoEncoderCatalog()) {
        if (row.codec != spec.codec) continue;
        auto encoder = createVideoEncoder(row, spec, sink);
        if (encoder.ok() || encoder.error().code == ErrorCode::InvalidArgument) return encoder;
        reason = encoder.error();
    }
    return reason;
}

Status tryVideoEncoder(const VideoEncoderRow& row) {
    VideoEncodeSpec spec;
    spec.codec = row.codec;
    spec.size = {320, 180};
    spec.bitrateKbps = 300;
    int packets = 0;
    auto element = makeElement(row, spec, [&packets](const EncodedBuffer&) { ++packets; });
    if (!element) return element.error();
    WritableFrame picture = FramePool(spec.size).take();
    const auto rows = [&](int plane) { return plane == 0 ? spec.size.height : chromaSize(spec.size).height; };
    for (int plane = 0; plane < 3; ++plane) {
        const auto index = static_cast<std::size_t>(plane);
        const auto bytes = static_cast<std::size_t>(picture.frame->planes[index].stride * rows(plane));
        std::memset(picture.data[index], 128, bytes);
    }
    TESSERA_TRY((*element)->push(bufferFromFrame(std::move(picture).publish())));
    if (packets == 0) return unsupported(std::string(row.element) + " encodes nothing");
    return kOk;
}

}  // namespace tessera
