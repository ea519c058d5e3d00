#include "pipelines/webrtc/sdp/sdp_publishing.h"

#include <algorithm>

namespace tessera {
namespace {

constexpr std::uint8_t kAudioPayload = 111, kVideoPayload = 96;

SdpMedia mediaLine(const char* kind, const char* mid, SdpCodec codec) {
    SdpMedia media;
    media.kind = kind;
    media.protocol = "UDP/TLS/RTP/SAVPF";
    media.formats = std::to_string(codec.payloadType);
    media.mid = mid;
    media.direction = SdpDirection::RecvOnly;
    media.rtcpMux = media.rtcpReducedSize = true;
    media.codecs = {std::move(codec)};
    return media;
}

SdpCodec videoCodec(VideoCodec codec) {
    SdpCodec result{.payloadType = kVideoPayload, .clockRate = 90000};
    result.name = codec == VideoCodec::Vp8 ? "vp8" : "h264";
    if (codec == VideoCodec::H264) {
        result.fmtp = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f";
    }
    result.feedback = {"nack", "nack pli", "ccm fir"};
    return result;
}

NegotiatedMedia negotiated(std::size_t index, const SdpMedia& line) {
    NegotiatedMedia media;
    media.index = index;
    media.mid = line.mid;
    media.codec = line.codecs.front();
    media.kind = line.kind == "audio" ? MediaKind::Audio : MediaKind::Video;
    media.peerReceives = true;
    if (media.kind == MediaKind::Audio) return media;
    media.videoCodec = media.codec.name == "vp8" ? VideoCodec::Vp8 : VideoCodec::H264;
    media.nack = media.pli = media.fir = true;
    return media;
}

}  // namespace

Publishing offerToPublish(const PublishedMedia& media) {
    Publishing publishing;
    auto& lines = publishing.wanted.media;
    if (media.audio) {
        lines.push_back(mediaLine(
            "audio", "0", SdpCodec{.payloadType = kAudioPayload, .name = "opus", .clockRate = 48000, .channels = 2}));
    }
    if (media.video) lines.push_back(mediaLine("video", "1", videoCodec(*media.video)));
    for (std::size_t i = 0; i < lines.size(); ++i) {
        publishing.wanted.bundle.push_back(lines[i].mid);
        publishing.negotiation.media.push_back(negotiated(i, lines[i]));
    }
    return publishing;
}

Result<Negotiation> agreeOn(const Publishing& offered, const SdpOffer& answer) {
    if (answer.media.size() != offered.wanted.media.size()) {
        return invalidArgument("SDP: the answer has other m-lines than the offer");
    }
    Negotiation agreed;
    for (NegotiatedMedia media : offered.negotiation.media) {
        const SdpMedia& line = answer.media[media.index];
        if (line.kind != offered.wanted.media[media.index].kind) {
            return invalidArgument("SDP: the answer has other m-lines than the offer");
        }
        const auto codec = std::find_if(line.codecs.begin(), line.codecs.end(), [&](const SdpCodec& each) {
            return each.payloadType == media.codec.payloadType && each.name == media.codec.name;
        });
        if (line.rejected || !receives(line.direction) || codec == line.codecs.end()) continue;
        media.nack = media.nack && codec->hasFeedback("nack");
        media.pli = media.pli && codec->hasFeedback("nack pli");
        media.fir = media.fir && codec->hasFeedback("ccm fir");
        agreed.media.push_back(std::move(media));
    }
    if (agreed.media.empty()) return unsupported("SDP: the other side receives nothing of what is offered");
    const SdpTransport& first = answer.media[agreed.media.front().index].transport;
    agreed.remote = first.isComplete() ? first : answer.transport;
    if (!agreed.remote.setup) agreed.remote.setup = answer.transport.setup;
    agreed.dtlsClient = agreed.remote.setup == DtlsSetup::Passive;
    return agreed;
}

}  // namespace tessera
