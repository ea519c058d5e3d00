#include "pipelines/codecs/opus_tap.h"

#include <opus/opus.h>

#include "mcu/media/audio_block.h"

namespace tessera {

void offerOpus(CodedTap& tap, std::span<const std::uint8_t> payload, MediaTime pts, std::uint32_t lostBefore) {
    if (!tap.isWanted() || payload.empty()) return;
    const int samples =
        opus_packet_get_nb_samples(payload.data(), static_cast<opus_int32>(payload.size()), kSampleRate);
    if (samples <= 0) return;
    auto unit = std::make_shared<CodedUnit>();
    unit->kind = MediaKind::Audio;
    unit->codec = "opus";
    unit->discontinuity = lostBefore > 0;
    unit->pts = unit->dts = pts;
    unit->duration = samplesToDuration(samples);
    unit->bytes.assign(payload.begin(), payload.end());
    tap.offer(unit);
}

}  // namespace tessera
