#include "pipelines/codecs/video_encoder.h"

#include <array>
#include <atomic>
#include <cstring>
#include <optional>
#include <utility>

#include "mcu/base/log.h"
#include "mcu/media/frame_pool.h"

#include "pipelines/codecs/keyframe_gate.h"
#include "pipelines/codecs/still_gate.h"

namespace tessera {
namespace {

constexpr std::size_t kMaxWaiting = 2;
constexpr Duration kRetryInterval = std::chrono::seconds(1);

class ThreadedVideoEncoder final : public VideoEncoder {
public:
    ThreadedVideoEncoder(const VideoEncoderRow& row, const VideoEncodeSpec& spec, PacketSink& sink,
                         std::shared_ptr<CudaDevice> device)
        : sink_(sink),
          row_(&row),
          still_(std::chrono::milliseconds(spec.keyframeIntervalMs)),
          spec_(spec),
          device_(std::move(device)) {}
    ~ThreadedVideoEncoder() override {
        {
            Lock lock(mutex_);
            stopping_ = true;
            wake_.notifyAll();
        }
        thread_.join();
    }

    Status start() {
        TESSERA_TRY(makeEncoder());
        thread_ = Thread("video-encode", [this] { run(); });
        return kOk;
    }

    void offer(FramePtr frame) override {
        TESSERA_CHECK(frame->size == spec_.size);
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
    std::string name() const override { return std::string(row_.load()->name); }

private:
    Status makeEncoder() {
        const VideoEncoderRow& row = *row_.load();
        auto encoder = row.create(row, spec_, device_, [this](const EncodedPicture& picture) { onEncoded(picture); });
        if (!encoder) return encoder.error();
        encoder_ = *std::move(encoder);
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
        encoder_.reset();
    }

    void encode(const FramePtr& frame) {
        if (!encoder_ && !recover(frame->pts)) {
            dropped_.add();
            return;
        }
        const bool isAsked = gate_.grant(frame->pts);
        if (still_.skips(frame->id, frame->pts)) {
            if (!isAsked) return;
            still_.onForced(frame->pts);
        }
        if (const Status encoded = encoder_->encode(frame, isAsked || still_.needsKeyframe(frame->pts)); !encoded) {
            log(LogLevel::Error, "encoder", encoded.error().message, {{"encoder", name()}});
            encoder_.reset();
            leaveDevice();
            dropped_.add();
        }
    }

    /// After a failure on a GPU the next row encodes, at once: its stream begins with a keyframe.
    void leaveDevice() {
        if (!row_.load()->isOnDevice) return;
        for (const auto& row : videoEncoderCatalog()) {
            if (row.codec != spec_.codec || row.isOnDevice) continue;
            row_ = &row;
            if (makeEncoder()) return;
        }
    }

    bool recover(MediaTime now) {
        if (failedAt_ && now - *failedAt_ < kRetryInterval) return false;
        failedAt_ = now;
        return makeEncoder().ok();
    }

    void onEncoded(const EncodedPicture& picture) {
        if (picture.keyframe) {
            gate_.onKeyframe();
            still_.onKeyframe(picture.pts);
        }
        auto packet = std::make_shared<Packet>();
        packet->kind = MediaKind::Video;
        packet->keyframe = picture.keyframe;
        packet->pts = picture.pts;
        packet->duration = spec_.rate.period();
        packet->sequence = sequence_++;
        packet->bytes.assign(picture.bytes.begin(), picture.bytes.end());
        encoded_.add();
        sink_.offer(std::move(packet));
    }

    // Borrowed
    PacketSink& sink_;
    std::atomic<const VideoEncoderRow*> row_;  ///< of the catalog
    // Owned by the thread
    std::unique_ptr<PictureEncoder> encoder_;
    StillGate still_;
    std::uint64_t sequence_ = 0;
    std::optional<MediaTime> failedAt_;
    // State
    VideoEncodeSpec spec_;
    std::shared_ptr<CudaDevice> device_;
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
                                                         PacketSink& sink, std::shared_ptr<CudaDevice> device) {
    TESSERA_TRY(validate(spec));
    auto encoder = std::make_unique<ThreadedVideoEncoder>(row, spec, sink, std::move(device));
    TESSERA_TRY(encoder->start());
    return std::unique_ptr<VideoEncoder>(std::move(encoder));
}

Result<std::unique_ptr<VideoEncoder>> createVideoEncoder(const VideoEncodeSpec& spec, PacketSink& sink,
                                                         const std::shared_ptr<CudaDevice>& device) {
    Error reason = unsupported("there is no encoder for " + std::string(toString(spec.codec)), "codec");
    for (const auto& row : videoEncoderCatalog()) {
        if (row.codec != spec.codec) continue;
        auto encoder = createVideoEncoder(row, spec, sink, device);
        if (encoder.ok() || encoder.error().code == ErrorCode::InvalidArgument) return encoder;
        reason = encoder.error();
    }
    return reason;
}

Status tryVideoEncoder(const VideoEncoderRow& row, const std::shared_ptr<CudaDevice>& device) {
    VideoEncodeSpec spec;
    spec.codec = row.codec;
    spec.size = {320, 180};
    spec.bitrateKbps = 300;
    int packets = 0;
    auto encoder = row.create(row, spec, device, [&packets](const EncodedPicture&) { ++packets; });
    if (!encoder) return encoder.error();
    WritableFrame picture = FramePool(spec.size).take();
    const auto rows = [&](int plane) { return plane == 0 ? spec.size.height : chromaSize(spec.size).height; };
    for (int plane = 0; plane < 3; ++plane) {
        const auto index = static_cast<std::size_t>(plane);
        const auto bytes = static_cast<std::size_t>(picture.frame->planes[index].stride * rows(plane));
        std::memset(picture.data[index], 128, bytes);
    }
    TESSERA_TRY((*encoder)->encode(std::move(picture).publish(), false));
    if (packets == 0) return unsupported(std::string(row.element) + " encodes nothing");
    return kOk;
}

}  // namespace tessera
