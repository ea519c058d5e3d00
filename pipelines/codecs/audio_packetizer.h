#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "mcu/media/audio_block.h"
#include "mcu/media/packet.h"

#include "pipelines/codecs/audio_frame_encoder.h"
#include "pipelines/codecs/encoder_catalog.h"

namespace tessera {

/// Cuts 10 ms blocks into a codec's frames, encodes them and dates the packets by counting samples. Owns no thread.
/// @thread one at a time
class AudioPacketizer {
public:
    /// Missing blocks up to this many become silence; a longer gap starts the stream anew.
    static constexpr std::int64_t kMaxSilentBlocks = 50;

    /// @param row  of the catalog; onPacket gets every packet, sequence counted from 0
    static Result<std::unique_ptr<AudioPacketizer>> create(const AudioEncoderRow& row, const AudioEncodeSpec& spec,
                                                           std::function<void(PacketPtr)> onPacket);

    /// Encodes one block; one that is older than what was encoded is ignored.
    /// @error internal: the element failed and could not be made anew
    Status encode(const AudioBlock& block);

    /// Encodes what is held, filled up with silence.
    void drain();

    /// Another packetizer in the same state. @return null where the codec cannot
    std::unique_ptr<AudioPacketizer> fork(std::function<void(PacketPtr)> onPacket) const;

private:
    AudioPacketizer(const AudioEncoderRow& row, AudioEncodeSpec spec, std::function<void(PacketPtr)> onPacket);
    Status beginAt(std::int64_t blockIndex);
    Status append(const AudioBlock* block);
    Status pushFrame();
    void onEncoded(std::span<const std::uint8_t> bytes);

    // Borrowed
    const AudioEncoderRow& row_;
    // State
    AudioEncodeSpec spec_;
    std::function<void(PacketPtr)> onPacket_;
    std::unique_ptr<AudioFrameEncoder> encoder_;
    std::vector<float> pending_;   ///< interleaved, less than one frame
    std::int64_t origin_ = 0;      ///< samples from the meeting's epoch to the stream's first
    std::int64_t nextBlock_ = -1;  ///< index that follows what was appended; -1 before the first
    std::int64_t packetsOut_ = 0;  ///< since the stream began
    std::uint64_t sequence_ = 0;
};

}  // namespace tessera
