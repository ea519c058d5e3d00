#include "pipelines/codecs/audio_packetizer.h"

#include <utility>

namespace tessera {
namespace {

constexpr auto kChannels = static_cast<std::size_t>(kAudioChannels);

/// Streams of one codec cut time alike, whenever they begin, so that a listener can be moved from one to another.
bool isCut(const AudioEncoderRow& row, std::int64_t blockIndex) {
    return row.frameSamples % kBlockSamples != 0 || blockIndex % (row.frameSamples / kBlockSamples) == 0;
}

}  // namespace

AudioPacketizer::AudioPacketizer(const AudioEncoderRow& row, AudioEncodeSpec spec,
                                 std::function<void(PacketPtr)> onPacket)
    : row_(row), spec_(spec), onPacket_(std::move(onPacket)) {
    pending_.reserve(static_cast<std::size_t>(row.frameSamples + kBlockSamples) * kChannels);
}

Result<std::unique_ptr<AudioPacketizer>> AudioPacketizer::create(const AudioEncoderRow& row,
                                                                 const AudioEncodeSpec& spec,
                                                                 std::function<void(PacketPtr)> onPacket) {
    std::unique_ptr<AudioPacketizer> result(new AudioPacketizer(row, spec, std::move(onPacket)));
    TESSERA_TRY(result->beginAt(-1));
    return result;
}

Status AudioPacketizer::beginAt(std::int64_t blockIndex) {
    pending_.clear();
    packetsOut_ = 0;
    nextBlock_ = blockIndex;
    origin_ = blockIndex * kBlockSamples;
    encoder_.reset();
    auto encoder = row_.create(row_, spec_, [this](std::span<const std::uint8_t> bytes) { onEncoded(bytes); });
    if (!encoder) return encoder.error();
    encoder_ = std::move(encoder).value();
    return kOk;
}

std::unique_ptr<AudioPacketizer> AudioPacketizer::fork(std::function<void(PacketPtr)> onPacket) const {
    if (!encoder_) return nullptr;
    std::unique_ptr<AudioPacketizer> result(new AudioPacketizer(row_, spec_, std::move(onPacket)));
    result->encoder_ =
        encoder_->fork([other = result.get()](std::span<const std::uint8_t> bytes) { other->onEncoded(bytes); });
    if (!result->encoder_) return nullptr;
    result->pending_.assign(pending_.begin(), pending_.end());
    result->origin_ = origin_;
    result->nextBlock_ = nextBlock_;
    result->packetsOut_ = packetsOut_;
    result->sequence_ = sequence_;
    return result;
}

Status AudioPacketizer::encode(const AudioBlock& block) {
    if (nextBlock_ < 0) {
        if (!isCut(row_, block.index)) return kOk;
        nextBlock_ = block.index;
        origin_ = block.index * kBlockSamples;
    }
    const std::int64_t missing = block.index - nextBlock_;
    if (missing < 0 && missing >= -kMaxSilentBlocks) return kOk;
    if (!encoder_ || missing < 0 || missing > kMaxSilentBlocks) {
        drain();
        if (!isCut(row_, block.index)) return kOk;
        TESSERA_TRY(beginAt(block.index));
    }
    while (nextBlock_ < block.index) TESSERA_TRY(append(nullptr));
    return append(&block);
}

Status AudioPacketizer::append(const AudioBlock* block) {
    ++nextBlock_;
    for (std::size_t i = 0; i < static_cast<std::size_t>(kBlockSamples); ++i) {
        for (std::size_t channel = 0; channel < kChannels; ++channel) {
            pending_.push_back(block ? block->samples[channel][i] : 0.0F);
        }
    }
    while (pending_.size() >= static_cast<std::size_t>(row_.frameSamples) * kChannels) TESSERA_TRY(pushFrame());
    return kOk;
}

Status AudioPacketizer::pushFrame() {
    const std::size_t count = static_cast<std::size_t>(row_.frameSamples) * kChannels;
    const Status encoded = encoder_->encode({pending_.data(), count});
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(count));
    if (!encoded) encoder_.reset();
    return encoded;
}

void AudioPacketizer::drain() {
    if (!encoder_) return;
    const std::size_t count = static_cast<std::size_t>(row_.frameSamples) * kChannels;
    if (!pending_.empty()) {
        pending_.resize(count, 0.0F);
        if (!pushFrame()) return;
    }
    encoder_->drain();
    encoder_.reset();
}

void AudioPacketizer::onEncoded(std::span<const std::uint8_t> bytes) {
    const std::int64_t begin = origin_ + packetsOut_++ * row_.frameSamples - row_.delaySamples;
    auto packet = std::make_shared<Packet>();
    packet->kind = MediaKind::Audio;
    packet->pts = MediaTime(samplesToDuration(begin));
    packet->duration = samplesToDuration(begin + row_.frameSamples) - samplesToDuration(begin);
    packet->sequence = sequence_++;
    packet->bytes.assign(bytes.begin(), bytes.end());
    onPacket_(std::move(packet));
}

}  // namespace tessera
