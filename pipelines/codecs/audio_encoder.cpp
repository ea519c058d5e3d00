#include "pipelines/codecs/audio_encoder.h"

#include <array>
#include <utility>
#include <vector>

#include "mcu/audio/loudness_normalizer.h"
#include "mcu/base/log.h"

#include "pipelines/codecs/audio_packetizer.h"
#include "pipelines/codecs/loudness_meter.h"

namespace tessera {
namespace {

constexpr std::size_t kMaxWaiting = 20;          // blocks: 200 ms
constexpr std::int64_t kErrorLogInterval = 100;  // blocks: one second

class ThreadedAudioEncoder final : public AudioEncoder {
public:
    explicit ThreadedAudioEncoder(PacketSink& sink) : sink_(sink) {}
    ~ThreadedAudioEncoder() override {
        {
            Lock lock(mutex_);
            stopping_ = true;
            wake_.notifyAll();
        }
        thread_.join();
    }

    Status start(const AudioEncoderRow& row, const AudioEncodeSpec& spec) {
        auto packetizer = AudioPacketizer::create(row, spec, [this](PacketPtr packet) { give(std::move(packet)); });
        if (!packetizer) return packetizer.error();
        if (spec.targetLufs != 0) {
            auto meter = createLoudnessMeter();
            if (!meter) return Error{ErrorCode::Capacity, "there is no memory to measure loudness", {}};
            normalizer_ = std::make_unique<LoudnessNormalizer>(std::move(meter), static_cast<float>(spec.targetLufs));
        }
        begin(std::move(packetizer).value());
        return kOk;
    }

    std::unique_ptr<AudioEncoder> fork(PacketSink& sink) override {
        auto result = std::make_unique<ThreadedAudioEncoder>(sink);
        Lock lock(encoding_);
        if (!packetizer_ || normalizer_) return nullptr;
        auto packetizer =
            packetizer_->fork([other = result.get()](PacketPtr packet) { other->give(std::move(packet)); });
        if (!packetizer) return nullptr;
        result->begin(std::move(packetizer));
        return result;
    }

    void offer(const AudioBlock& block) override {
        Lock lock(mutex_);
        if (count_ == kMaxWaiting) {
            first_ = (first_ + 1) % kMaxWaiting;
            --count_;
        }
        ring_[(first_ + count_++) % kMaxWaiting] = block;
        wake_.notifyOne();
    }

    std::uint64_t packetsEncoded() const override { return encoded_.value(); }

private:
    void begin(std::unique_ptr<AudioPacketizer> packetizer) {
        {
            Lock lock(encoding_);
            packetizer_ = std::move(packetizer);
        }
        thread_ = Thread("audio-encode", [this] { run(); });
    }

    /// Keeps a packet to be offered without the lock.
    void give(PacketPtr packet) {
        encoded_.add();
        made_.push_back(std::move(packet));
    }

    Status encode(const AudioBlock& block) {
        Lock lock(encoding_);
        if (!normalizer_) return packetizer_->encode(block);
        const AudioBlock* normalized = normalizer_->process(block);
        return normalized == nullptr ? Status(kOk) : packetizer_->encode(*normalized);
    }

    bool next(AudioBlock& block) {
        Lock lock(mutex_);
        wake_.wait(mutex_, [this] { return stopping_ || count_ > 0; });
        if (stopping_) return false;
        block = ring_[first_];
        first_ = (first_ + 1) % kMaxWaiting;
        --count_;
        return true;
    }

    void run() {
        AudioBlock block;
        std::int64_t loggedAt = -kErrorLogInterval;
        while (next(block)) {
            const Status encoded = encode(block);
            for (auto& packet : std::exchange(made_, {})) sink_.offer(std::move(packet));
            if (encoded || block.index - loggedAt < kErrorLogInterval) continue;
            loggedAt = block.index;
            log(LogLevel::Error, "encoder", encoded.error().message);
        }
        Lock lock(encoding_);
        packetizer_.reset();
    }

    // Borrowed
    PacketSink& sink_;
    // Owned
    Mutex encoding_;  ///< held while a block is encoded
    std::unique_ptr<AudioPacketizer> packetizer_ GUARDED_BY(encoding_);
    std::unique_ptr<LoudnessNormalizer> normalizer_;  ///< null when sound is encoded as it is mixed
    // State of the thread
    std::vector<PacketPtr> made_;
    // State
    Counter encoded_;
    Mutex mutex_;
    CondVar wake_;
    std::array<AudioBlock, kMaxWaiting> ring_ GUARDED_BY(mutex_);
    std::size_t first_ GUARDED_BY(mutex_) = 0;
    std::size_t count_ GUARDED_BY(mutex_) = 0;
    bool stopping_ GUARDED_BY(mutex_) = false;
    Thread thread_;
};

}  // namespace

Result<std::unique_ptr<AudioEncoder>> createAudioEncoder(const AudioEncoderRow& row, const AudioEncodeSpec& spec,
                                                         PacketSink& sink) {
    if (spec.bitrateKbps < 6 || spec.bitrateKbps > 510) {
        return invalidArgument("the bitrate of an audio encode is 6 to 510 kbit/s", "bitrate_kbps");
    }
    if (spec.targetLufs != 0 && (spec.targetLufs < -40 || spec.targetLufs > -10)) {
        return invalidArgument("the loudness of an audio encode is -40 to -10 LUFS", "target_lufs");
    }
    auto encoder = std::make_unique<ThreadedAudioEncoder>(sink);
    TESSERA_TRY(encoder->start(row, spec));
    return std::unique_ptr<AudioEncoder>(std::move(encoder));
}

Result<std::unique_ptr<AudioEncoder>> createAudioEncoder(const AudioEncodeSpec& spec, PacketSink& sink) {
    Error reason = unsupported("there is no encoder for " + std::string(toString(spec.codec)), "codec");
    for (const auto& row : audioEncoderCatalog()) {
        if (row.codec != spec.codec) continue;
        auto encoder = createAudioEncoder(row, spec, sink);
        if (encoder.ok() || encoder.error().code == ErrorCode::InvalidArgument) return encoder;
        reason = encoder.error();
    }
    return reason;
}

Status tryAudioEncoder(const AudioEncoderRow& row) {
    int packets = 0;
    auto packetizer =
        AudioPacketizer::create(row, AudioEncodeSpec{row.codec, 64}, [&packets](PacketPtr) { ++packets; });
    if (!packetizer) return packetizer.error();
    AudioBlock block;
    for (block.index = 0; block.index < 10; ++block.index) TESSERA_TRY((*packetizer)->encode(block));
    (*packetizer)->drain();
    if (packets == 0) return unsupported(std::string(row.element) + " encodes nothing");
    return kOk;
}

}  // namespace tessera
