#include "pipelines/webrtc/webrtc_peer.h"

#include <iterator>
#include <utility>

#include "mcu/base/log.h"

#include "pipelines/webrtc/sdp/sdp_fragment.h"

namespace tessera {
namespace {

/// Together within the two seconds that the destructor may take; the loop answers in milliseconds unless it is stuck.
constexpr Duration kEndDeadline = std::chrono::milliseconds(800);
constexpr Duration kDecodersDeadline = std::chrono::milliseconds(1000);

PeerMedia mediaOf(const Negotiation& negotiation) {
    PeerMedia media;
    media.sendsAudio = negotiation.receivingKind(MediaKind::Audio) != nullptr;
    media.receivesAudio = negotiation.sending(MediaKind::Audio) != nullptr;
    if (const auto* video = negotiation.receivingKind(MediaKind::Video)) media.sendsVideo = video->videoCodec;
    if (const auto* video = negotiation.sending(MediaKind::Video)) media.receivesVideo = video->videoCodec;
    return media;
}

}  // namespace

WebRtcPeer::WebRtcPeer(PeerSurroundings surroundings, PeerConnection::Terms terms, PeerListener& listener)
    : loop_(surroundings.loop), media_(mediaOf(terms.negotiation)) {
    connection_ = std::make_shared<PeerConnection>(surroundings, std::move(terms), listener);
    loop_.post([connection = connection_] { connection->open(); });
}

WebRtcPeer::~WebRtcPeer() {
    if (!loop_.call(kEndDeadline, [connection = connection_] { connection->end(); })) {
        log(LogLevel::Error, "webrtc", "an event loop is stuck");
        return;
    }
    connection_->stopDecoding(kDecodersDeadline);
}

Status WebRtcPeer::addRemoteCandidates(const std::string& sdpFragment) {
    auto fragment = parseSdpFragment(sdpFragment);
    if (!fragment.ok()) return fragment.error();
    const auto& ufrag = connection_->negotiation().remote.iceUfrag;
    if (!fragment->iceUfrag.empty() && fragment->iceUfrag != ufrag) {
        return conflict("the ice-ufrag is not that of the offer: an ICE restart is not supported; make a new session");
    }
    std::vector<IceCandidate> candidates;
    bool areAll = false;
    for (auto& media : fragment->media) {
        std::move(media.candidates.begin(), media.candidates.end(), std::back_inserter(candidates));
        areAll = areAll || media.endOfCandidates;
    }
    loop_.post([connection = connection_, candidates = std::move(candidates), areAll] {
        connection->addRemoteCandidates(candidates, areAll);
    });
    return kOk;
}

void WebRtcPeer::requestKeyframe() {
    loop_.post([connection = connection_] { connection->requestKeyframe(); });
}

}  // namespace tessera
