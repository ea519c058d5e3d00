#include "pipelines/codecs/opus_receiver.h"

#include <algorithm>
#include <cmath>
#include <opus/opus.h>

namespace tessera {
namespace {

constexpr int kLongestFrames = 5760;  // 120 ms: RFC 6716 section 3.2.5
/// More missing packets than this are an outage: silence says it better than concealment.
constexpr std::uint32_t kMostConcealed = 10;
/// What the decoder needs to settle after a start in mid-stream; not heard.
constexpr std::size_t kSettling = 2;
/// A packet whose speech layer says that nobody speaks: below what counts as speech, above silence.
constexpr float kBackgroundDbov = -65;
constexpr int kProbeRate = 8000;

float toLevel(const float* samples, int count) {
    double sum = 0;
    for (int i = 0; i < count; ++i) sum += static_cast<double>(samples[i]) * samples[i];
    const double power = sum / std::max(count, 1);
    return power > 0 ? std::clamp(static_cast<float>(10 * std::log10(power)), kSilenceDbov, 0.0F) : kSilenceDbov;
}

/// True when the packet has a speech layer and that says of all its frames that nobody speaks.
/// @source RFC 6716 section 3.1 (configurations 0 to 15 have a speech layer), section 4.2.3 (its first bits are the
///         voice activity of each 20 ms, even odds, so they stand at the top of the first byte), section 3.2 (code 0)
bool isInactive(std::span<const std::uint8_t> payload) {
    const unsigned configuration = payload[0] >> 3U;
    const bool isOneFrame = (payload[0] & 3U) == 0;
    if (configuration >= 16 || !isOneFrame || payload.size() < 2) return false;
    const bool isLong = configuration < 12 && configuration % 4 >= 2;  // 40 or 60 ms: two or three flags
    const unsigned flags = isLong ? (configuration % 4 == 2 ? 0xC0U : 0xE0U) : 0x80U;
    return (payload[1] & flags) == 0;
}

}  // namespace

void OpusReceiver::Decoder::operator()(OpusDecoder* decoder) const {
    opus_decoder_destroy(decoder);
}

OpusReceiver::OpusReceiver(SourceFeed& feed) : feed_(feed), sound_(2 * kLongestFrames) {}

OpusReceiver::~OpusReceiver() = default;

void OpusReceiver::push(const Sound& sound) {
    if (sound.payload.empty() || sound.pts < MediaTime{}) return;
    keep(sound);
    const bool isWanted = feed_.gate.isWanted() && begin();
    if (isWanted) decodeKept();
    isDecoding_ = isWanted;
    if (!isTold_) feed_.gate.report(isWanted ? level_ : estimateLevel(sound));
}

void OpusReceiver::report(float levelDbov) {
    isTold_ = true;
    feed_.gate.report(levelDbov);
}

bool OpusReceiver::begin() {
    if (decoder_) return true;
    int error = OPUS_OK;
    decoder_.reset(opus_decoder_create(kSampleRate, kAudioChannels, &error));
    return error == OPUS_OK;
}

void OpusReceiver::keep(const Sound& sound) {
    if (keptCount_ == kKept) {
        keptFirst_ = (keptFirst_ + 1) % kKept;
        --keptCount_;
    }
    Kept& slot = kept_[(keptFirst_ + keptCount_++) % kKept];
    slot.payload.assign(sound.payload.begin(), sound.payload.end());
    slot.pts = sound.pts;
    slot.lostBefore = sound.lostBefore;
}

void OpusReceiver::decodeKept() {
    const bool isStart = !isDecoding_;
    if (isStart) opus_decoder_ctl(decoder_.get(), OPUS_RESET_STATE);
    for (std::size_t i = 0; i < keptCount_; ++i) {
        const bool isSettling = isStart && keptCount_ == kKept && i < kSettling;
        decode(kept_[(keptFirst_ + i) % kKept], !isSettling);
    }
    keptFirst_ = keptCount_ = 0;
}

void OpusReceiver::decode(const Kept& packet, bool isHeard) {
    if (isHeard && packet.lostBefore > 0 && packet.lostBefore <= kMostConcealed) conceal(packet);
    const int frames =
        opus_decode_float(decoder_.get(), packet.payload.data(), static_cast<opus_int32>(packet.payload.size()),
                          sound_.data(), kLongestFrames, 0);
    if (frames <= 0) {
        feed_.decodeErrors.add();
        return;
    }
    decoded_.add();
    lastFrames_ = frames;
    level_ = toLevel(sound_.data(), 2 * frames);
    if (isHeard) write(packet.pts, frames);
}

/// What was lost: its last packet from the redundancy in the next one, where there is any.
void OpusReceiver::conceal(const Kept& packet) {
    for (std::uint32_t i = packet.lostBefore; i > 0; --i) {
        const bool hasRedundancy = i == 1;
        const auto size = static_cast<opus_int32>(packet.payload.size());
        const int frames = opus_decode_float(decoder_.get(), hasRedundancy ? packet.payload.data() : nullptr,
                                             hasRedundancy ? size : 0, sound_.data(), lastFrames_, hasRedundancy);
        if (frames > 0) write(packet.pts - samplesToDuration(static_cast<std::int64_t>(i) * lastFrames_), frames);
    }
}

void OpusReceiver::write(MediaTime pts, int frames) {
    const auto count = static_cast<std::size_t>(frames);
    const auto late = enhancer_.process(feed_.treatment, {sound_.data(), 2 * count});
    feed_.audio.write(pts - late, sound_.data(), count);
}

float OpusReceiver::estimateLevel(const Sound& sound) {
    const int frames = opus_packet_get_nb_frames(sound.payload.data(), static_cast<opus_int32>(sound.payload.size()));
    if (frames <= 0) return kSilenceDbov;
    if (sound.payload.size() <= static_cast<std::size_t>(frames) + 1) return level_ = kSilenceDbov;
    if (isInactive(sound.payload)) return level_ = kBackgroundDbov;
    if (++sinceProbe_ >= kProbeInterval) {
        sinceProbe_ = 0;
        level_ = probe(sound);
    }
    return level_;
}

float OpusReceiver::probe(const Sound& sound) {
    if (!prober_) {
        int error = OPUS_OK;
        prober_.reset(opus_decoder_create(kProbeRate, 1, &error));
        if (error != OPUS_OK) return kSilenceDbov;
    }
    const int frames =
        opus_decode_float(prober_.get(), sound.payload.data(), static_cast<opus_int32>(sound.payload.size()),
                          sound_.data(), kLongestFrames, 0);
    return frames > 0 ? toLevel(sound_.data(), frames) : kSilenceDbov;
}

}  // namespace tessera
