// How a PeerConnection reports and ends.

#include "mcu/base/log.h"

#include "pipelines/webrtc/peer_connection.h"

namespace tessera {

void PeerConnection::sendReports() {
    auto reports = sending_ ? sending_->reports() : std::vector<SenderReport>();
    auto blocks = receiving_ ? receiving_->takeReports() : std::vector<ReportBlock>();
    if (reports.empty() && blocks.empty()) return;
    compound_.clear();
    SourceDescription description;
    if (reports.empty()) {
        appendRtcp(ReceiverReport{feedback_->ssrc(), std::move(blocks)}, compound_);
        description.chunks.push_back({feedback_->ssrc(), cname_});
    } else {
        reports.front().blocks = std::move(blocks);
    }
    for (const auto& report : reports) {
        appendRtcp(report, compound_);
        description.chunks.push_back({report.ssrc, cname_});
    }
    appendRtcp(description, compound_);
    wire_->addRtcp(compound_);
    wire_->flush();
}

void PeerConnection::sendBye() {
    Bye bye{{feedback_->ssrc()}};
    for (const auto& report : sending_ ? sending_->reports() : std::vector<SenderReport>()) {
        if (report.ssrc != feedback_->ssrc()) bye.ssrcs.push_back(report.ssrc);
    }
    feedback_->send(bye);
}

void PeerConnection::finish(const Error& reason) {
    if (std::exchange(isOver_, true)) return;
    takesMedia_ = false;
    counters_.setState(PeerState::Closed);
    if (terms_.feed) terms_.feed->setState(SourceState::Ended);
    log(LogLevel::Info, "webrtc", "a peer has ended", {{"peer", terms_.id.toString()}, {"reason", reason.message}});
    // Later: this may be inside a call of what is to be freed.
    with_.loop.post([self = shared_from_this()] { self->releaseTransports(); });
    listener_.onClosed(terms_.id, reason);
}

void PeerConnection::end() {
    if (!std::exchange(isOver_, true)) {
        takesMedia_ = false;
        if (isConnected()) {
            sendBye();
            dtls_->close();
        }
        counters_.setState(PeerState::Closed);
        if (terms_.feed) terms_.feed->setState(SourceState::Ended);
    }
    releaseTransports();
}

void PeerConnection::releaseTransports() {
    tickTimer_.stop();
    queue_.close();
    receiving_.reset();
    sending_.reset();
    feedback_.reset();
    wire_.reset();
    srtp_.reset();
    dtls_.reset();
    ice_.reset();
}

void PeerConnection::stopDecoding(Duration deadline) {
    if (terms_.leg) terms_.leg->stop(deadline);
}

}  // namespace tessera
