#include "pipelines/webrtc/sdp/sdp_answer.h"

#include <algorithm>

namespace tessera {

namespace {

constexpr std::string_view kStream = "tessera";

/// Writes "a=" lines and others, each ended by CRLF.
class SdpWriter {
public:
    void line(const std::string& text) { text_ += text + "\r\n"; }
    void attribute(const std::string& text) { line("a=" + text); }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

std::string_view directionOf(const NegotiatedMedia& media) {
    if (media.peerSends && media.peerReceives) return "sendrecv";
    return media.peerSends ? "recvonly" : "sendonly";
}

std::string fmtpOf(const NegotiatedMedia& media) {
    if (media.kind == MediaKind::Audio) {
        const std::string receive = "minptime=10;useinbandfec=1";
        return media.peerReceives ? receive + ";stereo=1;sprop-stereo=1" : receive;
    }
    if (media.videoCodec != VideoCodec::H264) return {};
    const std::string profile = media.codec.parameter("profile-level-id").value_or("42e01f");
    return "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=" + profile;
}

void writeCodec(const NegotiatedMedia& media, SdpWriter& writer) {
    const std::string payloadType = std::to_string(media.codec.payloadType);
    if (media.kind == MediaKind::Audio) {
        writer.attribute("rtpmap:" + payloadType + " opus/48000/2");
    } else {
        writer.attribute("rtpmap:" + payloadType +
                         (media.videoCodec == VideoCodec::Vp8 ? " VP8/90000" : " H264/90000"));
    }
    if (const std::string fmtp = fmtpOf(media); !fmtp.empty()) writer.attribute("fmtp:" + payloadType + ' ' + fmtp);
    const std::string feedback = "rtcp-fb:" + payloadType + ' ';
    if (media.nack) writer.attribute(feedback + "nack");
    if (media.pli) writer.attribute(feedback + "nack pli");
    if (media.fir) writer.attribute(feedback + "ccm fir");
    if (media.transportFeedback) writer.attribute(feedback + "transport-cc");
    if (media.remb) writer.attribute(feedback + "goog-remb");
}

void writeExtensions(const SdpMedia& offered, const NegotiatedMedia& media, SdpWriter& writer) {
    for (const SdpExtension& extension : offered.extensions) {
        if (extension.id == media.transportSequenceId || extension.id == media.audioLevelId) {
            writer.attribute("extmap:" + std::to_string(extension.id) + ' ' + extension.uri);
        }
    }
}

void writeTransport(const Negotiation& negotiation, const LocalDescription& local, SdpWriter& writer) {
    writer.attribute("ice-ufrag:" + local.iceUfrag);
    writer.attribute("ice-pwd:" + local.icePwd);
    writer.attribute("ice-options:trickle");
    writer.attribute("fingerprint:sha-256 " + local.fingerprint);
    if (local.isOffer) return writer.attribute("setup:actpass");
    writer.attribute(negotiation.dtlsClient ? "setup:active" : "setup:passive");
}

/// @source RFC 8830 (msid), RFC 5576 (ssrc)
void writeSource(const NegotiatedMedia& media, const LocalDescription& local, SdpWriter& writer) {
    const bool audio = media.kind == MediaKind::Audio;
    const std::string msid = std::string(kStream) + (audio ? " audio" : " video");
    const std::string ssrc = "ssrc:" + std::to_string(audio ? local.audioSsrc : local.videoSsrc);
    writer.attribute("msid:" + msid);
    writer.attribute(ssrc + " cname:" + local.cname);
    writer.attribute(ssrc + " msid:" + msid);
}

void writeRefused(const SdpMedia& offered, SdpWriter& writer) {
    writer.line("m=" + offered.kind + " 0 " + offered.protocol + ' ' + offered.formats);
    writer.line("c=IN IP4 0.0.0.0");
    if (!offered.mid.empty()) writer.attribute("mid:" + offered.mid);
    writer.attribute("inactive");
}

void writeAccepted(const SdpMedia& offered, const NegotiatedMedia& media, SdpWriter& writer) {
    writer.line("m=" + offered.kind + " 9 " + offered.protocol + ' ' + std::to_string(media.codec.payloadType));
    writer.line("c=IN IP4 0.0.0.0");
    if (!media.mid.empty()) writer.attribute("mid:" + media.mid);
    writer.attribute(std::string(directionOf(media)));
    writer.attribute("rtcp-mux");
    if (offered.rtcpReducedSize) writer.attribute("rtcp-rsize");
    writeCodec(media, writer);
    writeExtensions(offered, media, writer);
}

void writeSession(const SdpOffer& offer, const Negotiation& negotiation, const LocalDescription& local,
                  SdpWriter& writer) {
    writer.line("v=0");
    writer.line("o=- " + std::to_string(local.sessionId) + " 1 IN IP4 127.0.0.1");
    writer.line("s=-");
    writer.line("t=0 0");
    if (!offer.bundle.empty()) {
        std::string group = "group:BUNDLE";
        for (const NegotiatedMedia& media : negotiation.media) {
            const bool bundled = std::find(offer.bundle.begin(), offer.bundle.end(), media.mid) != offer.bundle.end();
            if (bundled) group += ' ' + media.mid;
        }
        writer.attribute(group);
    }
    writer.attribute("msid-semantic: WMS " + std::string(kStream));
}

}  // namespace

std::string makeAnswer(const SdpOffer& offer, const Negotiation& negotiation, const LocalDescription& local) {
    SdpWriter writer;
    writeSession(offer, negotiation, local, writer);
    for (std::size_t i = 0; i < offer.media.size(); ++i) {
        const auto media = std::find_if(negotiation.media.begin(), negotiation.media.end(),
                                        [i](const NegotiatedMedia& m) { return m.index == i; });
        if (media == negotiation.media.end()) {
            writeRefused(offer.media[i], writer);
            continue;
        }
        writeAccepted(offer.media[i], *media, writer);
        writeTransport(negotiation, local, writer);
        if (media->peerReceives) writeSource(*media, local, writer);
        if (media != negotiation.media.begin()) continue;
        for (const IceCandidate& candidate : local.candidates) writer.attribute(toSdp(candidate));
        writer.attribute("end-of-candidates");
    }
    return writer.take();
}

}  // namespace tessera
