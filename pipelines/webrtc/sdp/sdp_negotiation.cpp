#include "pipelines/webrtc/sdp/sdp_negotiation.h"

#include <algorithm>
#include <array>

#include "pipelines/webrtc/sdp/sdp_text.h"

namespace tessera {

namespace {

constexpr std::string_view kTransportSequenceUri =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
constexpr std::string_view kAudioLevelUri = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

/// profile_idc and constraint flags of profile-level-id. @source RFC 6184 section 8.1
struct H264Profile {
    bool baselineCompatible = false;   ///< a decoder of constrained baseline shows it: our encoders may be used
    bool constrainedBaseline = false;  ///< exactly 42e0
};

H264Profile h264Profile(const SdpCodec& codec) {
    const std::string id = toLower(codec.parameter("profile-level-id").value_or("420010"));
    if (id.size() != 6) return {};
    const bool mainAsBaseline = id.starts_with("4d8") || id.starts_with("4dc") || id.starts_with("4de");
    return {id.starts_with("42") || mainAsBaseline, id.starts_with("42e0")};
}

bool isUsableH264(const SdpCodec& codec) {
    return codec.name == "h264" && codec.clockRate == 90000 && codec.parameter("packetization-mode") == "1" &&
           h264Profile(codec).baselineCompatible;
}

bool isUsable(const SdpCodec& codec, MediaKind kind) {
    if (kind == MediaKind::Audio) return codec.name == "opus" && codec.clockRate == 48000 && codec.channels == 2;
    return (codec.name == "vp8" && codec.clockRate == 90000) || isUsableH264(codec);
}

/// The first usable one; for H.264 its constrained-baseline variant where there is one.
const SdpCodec* chooseCodec(const SdpMedia& media, MediaKind kind) {
    const auto& codecs = media.codecs;
    const auto first = std::find_if(codecs.begin(), codecs.end(), [&](const auto& c) { return isUsable(c, kind); });
    if (first == codecs.end()) return nullptr;
    if (first->name != "h264") return &*first;
    const auto exact = std::find_if(
        first, codecs.end(), [](const auto& c) { return isUsableH264(c) && h264Profile(c).constrainedBaseline; });
    return exact == codecs.end() ? &*first : &*exact;
}

std::optional<MediaKind> kindOf(const SdpMedia& media) {
    if (media.rejected || media.protocol.find("SAVP") == std::string::npos) return std::nullopt;
    if (media.kind == "audio") return MediaKind::Audio;
    if (media.kind == "video") return MediaKind::Video;
    return std::nullopt;
}

std::optional<std::uint8_t> extensionId(const SdpMedia& media, std::string_view uri) {
    for (const SdpExtension& extension : media.extensions) {
        if (extension.uri == uri) return extension.id;
    }
    return std::nullopt;
}

/// What of feedback and extensions both sides can use.
void agreeOnFeedback(const SdpMedia& offered, NegotiatedMedia& media) {
    const SdpCodec& codec = media.codec;
    if (media.kind == MediaKind::Video) {
        media.nack = codec.hasFeedback("nack");
        media.pli = codec.hasFeedback("nack pli");
        media.fir = codec.hasFeedback("ccm fir");
    }
    const auto transportSequence = extensionId(offered, kTransportSequenceUri);
    if (media.peerSends && transportSequence && codec.hasFeedback("transport-cc")) {
        media.transportFeedback = true;
        media.transportSequenceId = transportSequence;
    }
    media.remb = !media.transportFeedback && media.kind == MediaKind::Video && codec.hasFeedback("goog-remb");
    if (media.peerSends && media.kind == MediaKind::Audio) media.audioLevelId = extensionId(offered, kAudioLevelUri);
}

/// Which directions of which kind are taken, and what else was met on the way.
struct Choice {
    SdpPermissions permissions;
    std::array<bool, 2> sending{}, receiving{};  ///< indexed by MediaKind
    bool anyCodec = false;
};

std::optional<NegotiatedMedia> chooseMedia(const SdpMedia& offered, Choice& choice) {
    const auto kind = kindOf(offered);
    const SdpCodec* codec = kind ? chooseCodec(offered, *kind) : nullptr;
    if (codec == nullptr) return std::nullopt;
    choice.anyCodec = true;
    NegotiatedMedia media;
    bool& sending = choice.sending[static_cast<std::size_t>(*kind)];
    bool& receiving = choice.receiving[static_cast<std::size_t>(*kind)];
    media.peerSends = sends(offered.direction) && choice.permissions.maySend && !sending;
    media.peerReceives = receives(offered.direction) && choice.permissions.mayReceive && !receiving;
    if (!media.peerSends && !media.peerReceives) return std::nullopt;
    sending = sending || media.peerSends;
    receiving = receiving || media.peerReceives;
    media.mid = offered.mid;
    media.kind = *kind;
    media.codec = *codec;
    if (*kind == MediaKind::Video) media.videoCodec = codec->name == "vp8" ? VideoCodec::Vp8 : VideoCodec::H264;
    media.remoteSsrcs = offered.ssrcs;
    agreeOnFeedback(offered, media);
    return media;
}

Error nothingChosen(const SdpOffer& offer, const Choice& choice) {
    if (choice.anyCodec) {
        return invalidArgument(
            "SDP: nothing would flow: the offered directions and what this session permits exclude "
            "each other");
    }
    std::string names;
    for (const SdpMedia& media : offer.media) {
        for (const SdpCodec& codec : media.codecs) {
            if (!codec.name.empty() && names.find(codec.name) == std::string::npos) names += ' ' + codec.name;
        }
    }
    return unsupported(
        "SDP: no codec in common; supported are vp8, h264 with packetization-mode=1 and a baseline "
        "profile, and opus; offered:" +
        names.substr(0, 200));
}

}  // namespace

Result<Negotiation> negotiate(const SdpOffer& offer, SdpPermissions permissions) {
    Negotiation negotiation;
    Choice choice{permissions, {}, {}, false};
    for (std::size_t i = 0; i < offer.media.size(); ++i) {
        auto media = chooseMedia(offer.media[i], choice);
        if (!media) continue;
        media->index = i;
        if (media->peerSends && negotiation.receiving(media->codec.payloadType) != nullptr) {
            return invalidArgument("SDP: payload type " + std::to_string(media->codec.payloadType) +
                                   " means two things in one BUNDLE");
        }
        negotiation.media.push_back(*std::move(media));
    }
    if (negotiation.media.empty()) return nothingChosen(offer, choice);
    const SdpTransport& first = offer.media[negotiation.media.front().index].transport;
    negotiation.remote = first.isComplete() ? first : offer.transport;
    if (!negotiation.remote.setup) negotiation.remote.setup = offer.transport.setup;
    negotiation.dtlsClient = negotiation.remote.setup == DtlsSetup::Passive;
    return negotiation;
}

const NegotiatedMedia* Negotiation::receiving(std::uint8_t payloadType) const {
    for (const NegotiatedMedia& m : media) {
        if (m.peerSends && m.codec.payloadType == payloadType) return &m;
    }
    return nullptr;
}

const NegotiatedMedia* Negotiation::sending(MediaKind kind) const {
    for (const NegotiatedMedia& m : media) {
        if (m.peerReceives && m.kind == kind) return &m;
    }
    return nullptr;
}

const NegotiatedMedia* Negotiation::receivingKind(MediaKind kind) const {
    for (const NegotiatedMedia& m : media) {
        if (m.peerSends && m.kind == kind) return &m;
    }
    return nullptr;
}

}  // namespace tessera
