#include "pipelines/webrtc/receiving_half.h"

#include <algorithm>
#include <span>

#include "pipelines/codecs/opus_tap.h"
#include "pipelines/webrtc/keyframe_detection.h"

namespace tessera {

ReceivingHalf::Stream::Stream(const NegotiatedMedia& negotiated, MonotonicTime epoch, SenderClock& clock)
    : media(negotiated), rtp({negotiated.kind, negotiated.codec.clockRate, negotiated.nack, epoch}, clock) {}

ReceivingHalf::ReceivingHalf(const Negotiation& negotiation, Surroundings surroundings)
    : with_(surroundings), keyframes_(false, false) {
    const auto epoch = with_.timeline.epoch();
    if (const auto* video = negotiation.receivingKind(MediaKind::Video)) {
        video_.emplace(*video, epoch, senderClock_);
        keyframes_ = KeyframeRequester(video->pli, video->fir);
    }
    if (const auto* audio = negotiation.receivingKind(MediaKind::Audio)) audio_.emplace(*audio, epoch, senderClock_);
    const bool hasFeedback = (video_ && video_->media.transportFeedback) || (audio_ && audio_->media.transportFeedback);
    if (!hasFeedback) return;
    feedbackTimer_ = with_.loop.every(TransportFeedbackGenerator::kInterval, [this] { sendTransportFeedback(); });
}

ReceivingHalf::Stream* ReceivingHalf::streamOf(std::uint8_t payloadType) {
    for (auto* stream : {&video_, &audio_}) {
        if (*stream && (*stream)->media.codec.payloadType == payloadType) return &**stream;
    }
    return nullptr;
}

void ReceivingHalf::onRtp(ByteSpan packet) {
    const auto view = RtpPacketView::parse(packet);
    Stream* stream = view ? streamOf(view->header().payloadType) : nullptr;
    if (stream == nullptr) return;
    lastPacket_ = now();
    feedbackTarget_ = view->header().ssrc;
    if (const auto id = stream->media.transportSequenceId) {
        if (const auto sequence = view->transportSequence(*id)) transportFeedback_.onPacket(*sequence, lastPacket_);
    }
    stream->hasEnded = false;
    with_.counters.received.add();
    with_.counters.receivedBytes.add(packet.size());
    with_.feed.packetsReceived.add();
    with_.feed.bytesReceived.add(packet.size());
    setFeedState(SourceState::Live);
    stream->rtp.onPacket(*view, lastPacket_);
    release();
}

void ReceivingHalf::release() {
    const auto time = now();
    if (video_) releaseVideo(time);
    if (audio_) releaseAudio(time);
    armDeadline(time);
}

void ReceivingHalf::releaseVideo(MonotonicTime now) {
    auto due = video_->rtp.take(now, with_.counters.roundTrip());
    const bool isTapNew = with_.feed.coded.isWanted() && !isTapped_;
    isTapped_ = with_.feed.coded.isWanted();
    if (due.keyframeNeeded || with_.leg.takeKeyframeNeeded() || isTapNew) keyframes_.need();
    for (const auto& packet : due.packets) {
        with_.counters.lost.add(packet.lostBefore);
        with_.feed.packetsLost.add(packet.lostBefore);
        if (beginsKeyframe(*video_->media.videoCodec, std::span(packet.rtp).subspan(kRtpHeaderSize))) {
            keyframes_.arrived();
        }
        with_.leg.pushVideo(packet.rtp, packet.pts);
    }
    if (!due.nacks.empty()) {
        with_.rtcp.send(Nack{with_.rtcp.ssrc(), video_->rtp.ssrc().value_or(0), std::move(due.nacks)});
    }
    askForKeyframe(now);
}

void ReceivingHalf::releaseAudio(MonotonicTime now) {
    const auto due = audio_->rtp.take(now, with_.counters.roundTrip());
    for (const auto& packet : due.packets) {
        with_.counters.lost.add(packet.lostBefore);
        with_.feed.packetsLost.add(packet.lostBefore);
        offerOpus(with_.feed.coded, std::span(packet.rtp).subspan(kRtpHeaderSize), packet.pts, packet.lostBefore);
        with_.leg.pushAudio(packet.rtp, packet.pts, packet.lostBefore);
    }
}

void ReceivingHalf::askForKeyframe(MonotonicTime now) {
    if (!video_ || !video_->rtp.ssrc()) return;
    const auto request = keyframes_.take(now);
    if (!request) return;
    with_.feed.keyframeRequests.add();
    const auto ssrc = *video_->rtp.ssrc();
    switch (*request) {
        case KeyframeRequest::Pli: with_.rtcp.send(PictureLossIndication{with_.rtcp.ssrc(), ssrc}); break;
        case KeyframeRequest::Fir: with_.rtcp.send(FullIntraRequest{with_.rtcp.ssrc(), {{ssrc, firNumber_++}}}); break;
    }
}

void ReceivingHalf::armDeadline(MonotonicTime now) {
    const auto roundTrip = with_.counters.roundTrip();
    std::optional<MonotonicTime> next;
    for (const auto* stream : {&video_, &audio_}) {
        const auto deadline = *stream ? (*stream)->rtp.nextDeadline(roundTrip) : std::nullopt;
        if (deadline && (!next || *deadline < *next)) next = deadline;
    }
    if (next == deadline_ && (!next || deadlineTimer_.isRunning())) return;
    deadline_ = next;
    if (!next) return deadlineTimer_.stop();
    deadlineTimer_ = with_.loop.after(std::max(Duration{0}, *next - now), [this] {
        deadline_.reset();
        release();
    });
}

void ReceivingHalf::onSenderReport(const SenderReport& report) {
    const auto time = now();
    if (video_) video_->rtp.onSenderReport(report, time);
    if (audio_) audio_->rtp.onSenderReport(report, time);
}

bool ReceivingHalf::onBye(const Bye& bye) {
    bool hasAnyEnded = false, haveAllEnded = true;
    for (auto* stream : {&video_, &audio_}) {
        if (!*stream || !(*stream)->rtp.ssrc()) continue;
        const auto ssrc = *(*stream)->rtp.ssrc();
        if (std::find(bye.ssrcs.begin(), bye.ssrcs.end(), ssrc) != bye.ssrcs.end()) (*stream)->hasEnded = true;
        hasAnyEnded = hasAnyEnded || (*stream)->hasEnded;
        haveAllEnded = haveAllEnded && (*stream)->hasEnded;
    }
    return hasAnyEnded && haveAllEnded;
}

void ReceivingHalf::requestKeyframe() {
    keyframes_.need();
    askForKeyframe(now());
}

std::vector<ReportBlock> ReceivingHalf::takeReports() {
    std::vector<ReportBlock> blocks;
    for (auto* stream : {&video_, &audio_}) {
        if (!*stream) continue;
        if (const auto block = (*stream)->rtp.takeReport(now())) blocks.push_back(*block);
    }
    return blocks;
}

void ReceivingHalf::tick() {
    const auto time = now();
    if (feedState_ == SourceState::Live && time - lastPacket_ > kPeerSilence) setFeedState(SourceState::Stalled);
    if (with_.leg.takeKeyframeNeeded()) keyframes_.need();
    askForKeyframe(time);
    if (video_ && video_->media.remb && video_->rtp.ssrc()) {
        with_.rtcp.send(ReceiverEstimatedMaxBitrate{with_.rtcp.ssrc(), kFixedEstimateBps, {*video_->rtp.ssrc()}});
    }
}

void ReceivingHalf::sendTransportFeedback() {
    for (const auto& feedback : transportFeedback_.take(with_.rtcp.ssrc(), feedbackTarget_)) with_.rtcp.send(feedback);
}

void ReceivingHalf::setFeedState(SourceState state) {
    if (feedState_ == state) return;
    feedState_ = state;
    with_.feed.setState(state);
}

}  // namespace tessera
