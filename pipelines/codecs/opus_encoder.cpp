#include <array>
#include <cstring>
#include <opus/opus.h>
#include <string>
#include <utility>
#include <vector>

#include "mcu/media/audio_block.h"

#include "pipelines/codecs/audio_frame_encoder.h"

namespace tessera {
namespace {

/// @source libopus' opus_encode: at most 1275 bytes per frame (RFC 6716 section 3.2.1), plus the first byte
constexpr int kLongestPacket = 1276;
/// What receivers are assumed to lose: in-band redundancy is added for that much.
constexpr int kExpectedLossPercent = 5;
/// Of 0 to 10; from 5 on a step costs little: 20 ms of mono take 0.24 ms at 5 and 0.26 ms at 10 (libopus 1.3.1).
constexpr int kComplexity = 9;

class OpusFrameEncoder final : public AudioFrameEncoder {
public:
    OpusFrameEncoder(OpusEncoder* encoder, int frameSamples, OnEncoded onEncoded)
        : encoder_(encoder), frameSamples_(frameSamples), onEncoded_(std::move(onEncoded)) {}
    ~OpusFrameEncoder() override { opus_encoder_destroy(encoder_); }

    Status encode(std::span<const float> interleaved) override {
        const auto size = opus_encode_float(encoder_, interleaved.data(), frameSamples_, packet_.data(),
                                            static_cast<opus_int32>(packet_.size()));
        if (size < 0) return internalError(std::string("libopus: ") + opus_strerror(size));
        onEncoded_({packet_.data(), static_cast<std::size_t>(size)});
        return kOk;
    }
    void drain() override {}
    /// @source opus.h on OpusEncoder: its state is position independent and can be freely copied
    std::unique_ptr<AudioFrameEncoder> fork(OnEncoded onEncoded) const override {
        int error = OPUS_OK;
        OpusEncoder* copy = opus_encoder_create(kSampleRate, kAudioChannels, OPUS_APPLICATION_AUDIO, &error);
        if (error != OPUS_OK) return nullptr;
        std::memcpy(copy, encoder_, static_cast<std::size_t>(opus_encoder_get_size(kAudioChannels)));
        return std::make_unique<OpusFrameEncoder>(copy, frameSamples_, std::move(onEncoded));
    }

private:
    // Owned
    OpusEncoder* encoder_;
    // State
    int frameSamples_;
    OnEncoded onEncoded_;
    std::array<std::uint8_t, kLongestPacket> packet_;
};

}  // namespace

Result<std::unique_ptr<AudioFrameEncoder>> createOpusEncoder(const AudioEncoderRow& row, const AudioEncodeSpec& spec,
                                                             AudioFrameEncoder::OnEncoded onEncoded) {
    int error = OPUS_OK;
    OpusEncoder* encoder = opus_encoder_create(kSampleRate, kAudioChannels, OPUS_APPLICATION_AUDIO, &error);
    if (error != OPUS_OK) return unsupported(std::string("libopus: ") + opus_strerror(error));
    auto result = std::make_unique<OpusFrameEncoder>(encoder, row.frameSamples, std::move(onEncoded));
    const bool isSet = opus_encoder_ctl(encoder, OPUS_SET_BITRATE(spec.bitrateKbps * 1000)) == OPUS_OK &&
                       opus_encoder_ctl(encoder, OPUS_SET_VBR(1)) == OPUS_OK &&
                       opus_encoder_ctl(encoder, OPUS_SET_VBR_CONSTRAINT(1)) == OPUS_OK &&
                       opus_encoder_ctl(encoder, OPUS_SET_COMPLEXITY(kComplexity)) == OPUS_OK &&
                       opus_encoder_ctl(encoder, OPUS_SET_INBAND_FEC(1)) == OPUS_OK &&
                       opus_encoder_ctl(encoder, OPUS_SET_PACKET_LOSS_PERC(kExpectedLossPercent)) == OPUS_OK;
    if (!isSet) return unsupported("libopus refuses the settings of the encode");
    return std::unique_ptr<AudioFrameEncoder>(std::move(result));
}

}  // namespace tessera
