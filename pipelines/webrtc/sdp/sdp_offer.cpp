#include "pipelines/webrtc/sdp/sdp_offer.h"

#include <algorithm>
#include <set>

#include "pipelines/webrtc/sdp/sdp_attributes.h"

namespace tessera {

namespace {

struct SessionLines {
    SdpTransportLines transport;
    SdpDirection direction = SdpDirection::SendRecv;
    bool originSeen = false;
};

Status readBundle(const SdpLine& line, SdpOffer& offer) {
    std::string_view rest = line.argument();
    if (takeWord(rest) != "BUNDLE" || !offer.bundle.empty()) return kOk;
    for (std::string_view mid = takeWord(rest); !mid.empty(); mid = takeWord(rest)) offer.bundle.emplace_back(mid);
    return kOk;
}

Status readSessionLine(const SdpLine& line, SessionLines& session, SdpOffer& offer) {
    if (line.type == 'o') session.originSeen = true;
    if (line.type != 'a') return kOk;
    if (const auto direction = parseDirection(line.attribute())) session.direction = *direction;
    if (line.attribute() == "ice-lite") offer.iceLite = true;
    if (line.attribute() == "group") return readBundle(line, offer);
    return readTransportLine(line, session.transport);
}

/// Fills what an m-line does not say itself with what the session level says.
void inherit(const SdpTransportLines& session, SdpTransportLines& media) {
    SdpTransport& own = media.transport;
    if (own.iceUfrag.empty()) own.iceUfrag = session.transport.iceUfrag;
    if (own.icePwd.empty()) own.icePwd = session.transport.icePwd;
    if (!media.fingerprintSeen) {
        own.fingerprint = session.transport.fingerprint;
        media.fingerprintSeen = session.fingerprintSeen;
    }
    if (!own.setup) own.setup = session.transport.setup;
}

bool isRtp(const SdpMedia& media) {
    return !media.rejected && !media.codecs.empty();
}

Status checkNames(const SdpOffer& offer) {
    std::set<std::string> mids;
    for (const SdpMedia& media : offer.media) {
        if (!media.mid.empty() && !mids.insert(media.mid).second) {
            return invalidArgument("SDP: a=mid:" + media.mid + " names two m-lines");
        }
    }
    std::set<std::string> bundled;
    for (const std::string& mid : offer.bundle) {
        if (!mids.contains(mid)) return invalidArgument("SDP: a=group:BUNDLE names " + mid + ", which no m-line has");
        if (!bundled.insert(mid).second) return invalidArgument("SDP: a=group:BUNDLE names " + mid + " twice");
    }
    return kOk;
}

/// Index of the m-line whose transport the bundle uses; nothing without RTP m-lines.
/// @source RFC 8843 section 7.2.1
std::optional<std::size_t> taggedMedia(const SdpOffer& offer) {
    const auto& media = offer.media;
    if (std::none_of(media.begin(), media.end(), isRtp)) return std::nullopt;
    for (const std::string& mid : offer.bundle) {
        const auto it = std::find_if(media.begin(), media.end(), [&](const SdpMedia& m) { return m.mid == mid; });
        if (it != media.end() && !it->rejected) return static_cast<std::size_t>(it - media.begin());
    }
    return static_cast<std::size_t>(std::find_if(media.begin(), media.end(), isRtp) - media.begin());
}

Status checkTransport(const SdpTransportLines& tagged) {
    const SdpTransport& transport = tagged.transport;
    if (!tagged.fingerprintSeen) {
        return invalidArgument("SDP: a=fingerprint is missing; media must be encrypted with DTLS-SRTP");
    }
    if (transport.fingerprint.empty()) return invalidArgument("SDP: a=fingerprint must be of sha-256");
    if (transport.iceUfrag.empty() || transport.icePwd.empty()) {
        return invalidArgument("SDP: ICE credentials (a=ice-ufrag, a=ice-pwd) are missing");
    }
    return kOk;
}

/// All RTP m-lines must share the one transport.
Status checkBundle(const SdpOffer& offer) {
    std::size_t active = 0, bundled = 0;
    for (const SdpMedia& media : offer.media) {
        if (!isRtp(media)) continue;
        ++active;
        if (!media.rtcpMux) return unsupported("SDP: a=rtcp-mux is required on every audio and video m-line");
        const bool named = std::find(offer.bundle.begin(), offer.bundle.end(), media.mid) != offer.bundle.end();
        if (!named) continue;
        ++bundled;
        if (media.transport.setup && media.transport.setup != offer.transport.setup) {
            return invalidArgument("SDP: a=setup differs between the m-lines of one BUNDLE");
        }
    }
    if (active > 1 && bundled != active) {
        return unsupported("SDP: all audio and video m-lines must be in one a=group:BUNDLE");
    }
    return kOk;
}

struct Parsed {
    SdpOffer offer;
    SessionLines session;
    std::vector<SdpTransportLines> transports;  ///< of the m-lines
};

Status readLines(const std::vector<SdpLine>& lines, Parsed& parsed) {
    SdpOffer& offer = parsed.offer;
    for (const SdpLine& line : lines) {
        if (line.type == 'm') {
            if (offer.media.size() == SdpLimits::kMediaLines) return line.error("too many m-lines");
            auto media = readMediaLine(line);
            if (!media.ok()) return media.error();
            media->direction = parsed.session.direction;
            offer.media.push_back(*std::move(media));
            parsed.transports.emplace_back();
        } else if (offer.media.empty()) {
            TESSERA_TRY(readSessionLine(line, parsed.session, offer));
        } else if (line.type == 'a') {
            TESSERA_TRY(readMediaAttribute(line, offer.media.back()));
            TESSERA_TRY(readTransportLine(line, parsed.transports.back()));
        }
    }
    return kOk;
}

}  // namespace

std::optional<std::string> SdpCodec::parameter(std::string_view wanted) const {
    std::string_view rest = fmtp;
    while (!rest.empty()) {
        std::string_view pair = rest.substr(0, rest.find(';'));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
        const std::string_view key = pair.substr(0, pair.find('='));
        std::string_view trimmed = key;
        if (toLower(takeWord(trimmed)) != wanted) continue;
        std::string_view value = pair.substr(std::min(pair.size(), key.size() + 1));
        return std::string(takeWord(value));
    }
    return std::nullopt;
}

bool SdpCodec::hasFeedback(std::string_view value) const {
    return std::find(feedback.begin(), feedback.end(), value) != feedback.end();
}

Result<SdpOffer> parseOffer(std::string_view sdp) {
    const auto lines = splitSdp(sdp);
    if (!lines.ok()) return lines.error();
    if (lines->front().type != 'v' || lines->front().value != "0") return lines->front().error("v=0 must come first");
    Parsed parsed;
    TESSERA_TRY(readLines(*lines, parsed));
    SdpOffer& offer = parsed.offer;
    if (!parsed.session.originSeen) return invalidArgument("SDP: o= is missing");
    for (std::size_t i = 0; i < offer.media.size(); ++i) {
        inherit(parsed.session.transport, parsed.transports[i]);
        offer.media[i].transport = parsed.transports[i].transport;
    }
    TESSERA_TRY(checkNames(offer));
    const auto tagged = taggedMedia(offer);
    if (!tagged) return invalidArgument("SDP: no audio or video m-line");
    TESSERA_TRY(checkTransport(parsed.transports[*tagged]));
    offer.transport = offer.media[*tagged].transport;
    TESSERA_TRY(checkBundle(offer));
    return std::move(offer);
}

}  // namespace tessera
