#include "pipelines/codecs/audio_packetizer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "pipelines/gst/gst_runtime.h"

namespace tessera {
namespace {

constexpr auto kChannels = static_cast<std::size_t>(kAudioChannels);

/// 16-bit samples in the machine's order; full scale +-1.0 is clipped.
GstBufferPtr bufferOfS16(const float* samples, std::size_t count) {
    GstBufferPtr buffer(gst_buffer_new_allocate(nullptr, count * sizeof(std::int16_t), nullptr));
    GstMapInfo map;
    TESSERA_CHECK(gst_buffer_map(buffer.get(), &map, GST_MAP_WRITE));
    auto* out = reinterpret_cast<std::int16_t*>(map.data);
    for (std::size_t i = 0; i < count; ++i) {
        out[i] = static_cast<std::int16_t>(std::lrintf(std::clamp(samples[i], -1.0F, 1.0F) * 32767.0F));
    }
    gst_buffer_unmap(buffer.get(), &map);
    return buffer;
}

GstBufferPtr bufferOfF32(const float* samples, std::size_t count) {
    GstBufferPtr buffer(gst_buffer_new_allocate(nullptr, count * sizeof(float), nullptr));
    gst_buffer_fill(buffer.get(), 0, samples, count * sizeof(float));
    return buffer;
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
    framesIn_ = 0;
    packetsOut_ = 0;
    nextBlock_ = blockIndex;
    origin_ = blockIndex * kBlockSamples;
    element_.reset();
    initGst();
    auto element = EncoderElement::create({row_.element, row_.properties(spec_), row_.outputCaps},
                                          GstCapsPtr(gst_caps_from_string(std::string(row_.inputCaps).c_str())),
                                          [this](const EncodedBuffer& encoded) { onEncoded(encoded); });
    if (!element) return element.error();
    element_ = std::move(element).value();
    return kOk;
}

Status AudioPacketizer::encode(const AudioBlock& block) {
    if (nextBlock_ < 0) {
        nextBlock_ = block.index;
        origin_ = block.index * kBlockSamples;
    }
    const std::int64_t missing = block.index - nextBlock_;
    if (missing < 0 && missing >= -kMaxSilentBlocks) return kOk;
    if (!element_ || missing < 0 || missing > kMaxSilentBlocks) {
        drain();
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
    const bool isS16 = row_.inputCaps.find("S16LE") != std::string_view::npos;
    GstBufferPtr buffer = isS16 ? bufferOfS16(pending_.data(), count) : bufferOfF32(pending_.data(), count);
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(count));
    const std::int64_t begin = framesIn_++ * row_.frameSamples;
    GST_BUFFER_PTS(buffer.get()) = static_cast<GstClockTime>(samplesToDuration(begin).count());
    GST_BUFFER_DURATION(buffer.get()) =
        static_cast<GstClockTime>((samplesToDuration(begin + row_.frameSamples) - samplesToDuration(begin)).count());
    const Status pushed = element_->push(std::move(buffer));
    if (!pushed) element_.reset();
    return pushed;
}

void AudioPacketizer::drain() {
    if (!element_) return;
    const std::size_t count = static_cast<std::size_t>(row_.frameSamples) * kChannels;
    if (!pending_.empty()) {
        pending_.resize(count, 0.0F);
        if (!pushFrame()) return;
    }
    element_->drain();
    element_.reset();
}

void AudioPacketizer::onEncoded(const EncodedBuffer& encoded) {
    const std::int64_t begin = origin_ + packetsOut_++ * row_.frameSamples - row_.delaySamples;
    auto packet = std::make_shared<Packet>();
    packet->kind = MediaKind::Audio;
    packet->pts = MediaTime(samplesToDuration(begin));
    packet->duration = samplesToDuration(begin + row_.frameSamples) - samplesToDuration(begin);
    packet->sequence = sequence_++;
    packet->bytes.resize(gst_buffer_get_size(encoded.buffer));
    gst_buffer_extract(encoded.buffer, 0, packet->bytes.data(), packet->bytes.size());
    onPacket_(std::move(packet));
}

}  // namespace tessera
