#include "pipelines/webrtc/sending_half.h"

#include <random>
#include <span>

namespace tessera {
namespace {

RtpStreamWriter::Settings settingsOf(const NegotiatedMedia& media, std::uint32_t ssrc) {
    std::random_device random;
    RtpStreamWriter::Settings settings;
    settings.ssrc = ssrc;
    settings.payloadType = media.codec.payloadType;
    settings.clockRate = media.codec.clockRate;
    settings.firstSequence = static_cast<std::uint16_t>(random() & 0x7fffU);
    settings.timestampOffset = random();
    return settings;
}

}  // namespace

SendingHalf::Stream::Stream(const NegotiatedMedia& media, std::uint32_t ssrc) : writer(settingsOf(media, ssrc)) {
    if (media.nack) history.emplace();
}

SendingHalf::SendingHalf(const Negotiation& negotiation, Ssrcs ssrcs, Surroundings surroundings) : with_(surroundings) {
    if (const auto* video = negotiation.sending(MediaKind::Video)) {
        video_.emplace(*video, ssrcs.video);
        codec_ = *video->videoCodec;
    }
    if (const auto* audio = negotiation.sending(MediaKind::Audio)) audio_.emplace(*audio, ssrcs.audio);
}

bool SendingHalf::send(const PacketPtr& packet) {
    const bool isVideo = packet->kind == MediaKind::Video;
    auto& stream = isVideo ? video_ : audio_;
    if (!stream) return false;
    if (isVideo && isSkipping_) {
        if (!packet->keyframe) {
            with_.counters.sent.dropped.add();
            return false;
        }
        isSkipping_ = false;
    }
    const auto frame = with_.frames.get(packet, codec_);
    if (frame->count() == 0 || !stream->writer.begin(*frame)) return false;
    const bool isFirst = stream->writer.packets() == 0;
    const auto now = with_.timeline.clock().now();
    for (std::size_t i = 0; i < frame->count(); ++i) {
        const auto header = stream->writer.next(*frame, i);
        with_.wire.addRtp(header, frame->payload(i));
        if (stream->history) stream->history->add(header, frame, i, now);
    }
    return isFirst;
}

bool SendingHalf::onNack(const Nack& nack) {
    if (!video_ || !video_->history || nack.mediaSsrc != video_->writer.ssrc()) return true;
    const auto now = with_.timeline.clock().now();
    bool hasAll = true;
    for (const auto sequence : nack.sequences) {
        const auto* packet = video_->history->takeForResend(sequence, now, with_.counters.roundTrip());
        if (packet == nullptr) {
            hasAll = hasAll && video_->history->isKept(sequence, now);
            continue;
        }
        with_.wire.addRtp(packet->header, packet->frame->payload(packet->index));
        with_.counters.retransmitted.add();
    }
    with_.wire.flush();
    return hasAll;
}

void SendingHalf::onReport(const ReportBlock& block) {
    const auto isOurs = [&](const auto& stream) { return stream && stream->writer.ssrc() == block.ssrc; };
    if (!isOurs(video_) && !isOurs(audio_)) return;
    const auto measured = roundTrip(block, NtpTime::fromMedia(with_.timeline.now()));
    if (!measured) return;
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(*measured).count();
    const auto before = with_.counters.roundTripUs.value();
    // RFC 6298 section 2 smooths with an eighth; reports come a hundred times less often than segments.
    with_.counters.roundTripUs.set(before == 0 ? us : before + (us - before) / 4);
}

std::vector<SenderReport> SendingHalf::reports() const {
    std::vector<SenderReport> result;
    for (const auto* stream : {&video_, &audio_}) {
        if (!*stream) continue;
        if (auto report = (*stream)->writer.report(with_.timeline.now())) result.push_back(std::move(*report));
    }
    return result;
}

}  // namespace tessera
