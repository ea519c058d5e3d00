#include "pipelines/webrtc/sdp/sdp_attributes.h"

#include <algorithm>

namespace tessera {

namespace {

constexpr std::size_t kMaxSsrcs = 64, kMaxFeedback = 32, kMaxFmtp = 1024;
constexpr std::size_t kSha256Text = 32 * 3 - 1;

bool isHexPairs(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (i % 3 == 2 ? c != ':' : !hex) return false;
    }
    return true;
}

/// @source RFC 8122 section 5
Status readFingerprint(const SdpLine& line, SdpTransportLines& into) {
    std::string_view rest = line.argument();
    const std::string algorithm = toLower(takeWord(rest));
    const std::string_view hex = takeWord(rest);
    if (algorithm.empty() || hex.size() % 3 != 2 || !isHexPairs(hex)) return line.error("malformed a=fingerprint");
    into.fingerprintSeen = true;
    if (algorithm != "sha-256") return kOk;
    if (hex.size() != kSha256Text) return line.error("a sha-256 fingerprint has 32 bytes");
    into.transport.fingerprint = hex;
    for (char& c : into.transport.fingerprint) {
        if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
    }
    return kOk;
}

Status readSetup(const SdpLine& line, SdpTransport& transport) {
    const std::string_view value = line.argument();
    if (value == "actpass") {
        transport.setup = DtlsSetup::ActPass;
    } else if (value == "active") {
        transport.setup = DtlsSetup::Active;
    } else if (value == "passive") {
        transport.setup = DtlsSetup::Passive;
    } else {
        return line.error("a=setup must be actpass, active or passive");
    }
    return kOk;
}

SdpCodec* findCodec(SdpMedia& media, std::string_view payloadType) {
    const auto number = parseNumber<std::uint8_t>(payloadType, 127);
    for (SdpCodec& codec : media.codecs) {
        if (number == codec.payloadType) return &codec;
    }
    return nullptr;
}

/// @source RFC 8866 section 6.6
Status readRtpMap(const SdpLine& line, SdpMedia& media) {
    std::string_view rest = line.argument();
    SdpCodec* codec = findCodec(media, takeWord(rest));
    const std::string_view encoding = takeWord(rest);
    const std::size_t slash = encoding.find('/');
    if (slash == std::string_view::npos) return line.error("a=rtpmap must be <payload type> <name>/<clock rate>");
    std::string_view clock = encoding.substr(slash + 1);
    std::string_view channels = "1";
    if (const std::size_t second = clock.find('/'); second != std::string_view::npos) {
        channels = clock.substr(second + 1);
        clock = clock.substr(0, second);
    }
    const auto clockRate = parseNumber<std::uint32_t>(clock, 1'000'000);
    const auto channelCount = parseNumber<int>(channels, 255);
    if (!isSdpToken(encoding.substr(0, slash)) || !clockRate || !channelCount) return line.error("malformed a=rtpmap");
    if (codec == nullptr) return kOk;
    codec->name = toLower(encoding.substr(0, slash));
    codec->clockRate = *clockRate;
    codec->channels = *channelCount;
    return kOk;
}

Status readFmtp(const SdpLine& line, SdpMedia& media) {
    std::string_view rest = line.argument();
    SdpCodec* codec = findCodec(media, takeWord(rest));
    if (rest.size() > kMaxFmtp) return line.error("a=fmtp is too long");
    rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of(' ')));
    if (codec != nullptr) codec->fmtp = rest;
    return kOk;
}

/// @source RFC 4585 section 4.2
Status readFeedback(const SdpLine& line, SdpMedia& media) {
    std::string_view rest = line.argument();
    const std::string_view which = takeWord(rest);
    rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of(' ')));
    if (which.empty() || rest.empty()) return line.error("malformed a=rtcp-fb");
    for (SdpCodec& codec : media.codecs) {
        const bool meant = which == "*" || parseNumber<std::uint8_t>(which, 127) == codec.payloadType;
        if (meant && codec.feedback.size() < kMaxFeedback) codec.feedback.emplace_back(rest);
    }
    return kOk;
}

/// @source RFC 8285 section 8
Status readExtension(const SdpLine& line, SdpMedia& media) {
    std::string_view rest = line.argument();
    const std::string_view first = takeWord(rest);
    const auto id = parseNumber<std::uint16_t>(first.substr(0, first.find('/')), UINT16_MAX);
    const std::string_view uri = takeWord(rest);
    if (!id || *id == 0 || uri.empty()) return line.error("malformed a=extmap");
    const auto same = [&](const SdpExtension& e) { return e.id == *id; };
    if (*id > 255) return kOk;  // ids to choose from later, which nothing here wants
    if (std::any_of(media.extensions.begin(), media.extensions.end(), same))
        return line.error("a=extmap id used twice");
    media.extensions.push_back({static_cast<std::uint8_t>(*id), std::string(uri)});
    return kOk;
}

Status readSsrc(const SdpLine& line, SdpMedia& media) {
    std::string_view rest = line.argument();
    const auto ssrc = parseNumber<std::uint32_t>(takeWord(rest), UINT32_MAX);
    if (!ssrc) return line.error("malformed a=ssrc");
    const bool known = std::find(media.ssrcs.begin(), media.ssrcs.end(), *ssrc) != media.ssrcs.end();
    if (!known && media.ssrcs.size() < kMaxSsrcs) media.ssrcs.push_back(*ssrc);
    return kOk;
}

Status readMid(const SdpLine& line, SdpMedia& media) {
    if (!isSdpToken(line.argument())) return line.error("malformed a=mid");
    media.mid = line.argument();
    return kOk;
}

Status readFormats(const SdpLine& line, SdpMedia& media) {
    std::string_view rest = media.formats;
    for (std::string_view word = takeWord(rest); !word.empty(); word = takeWord(rest)) {
        const auto payloadType = parseNumber<std::uint8_t>(word, 127);
        if (!payloadType) return line.error("payload types are numbers from 0 to 127");
        if (findCodec(media, word) != nullptr) return line.error("payload type " + std::string(word) + " twice");
        if (media.codecs.size() == SdpLimits::kPayloadTypes) return line.error("too many payload types");
        media.codecs.push_back({*payloadType, {}, 0, 1, {}, {}});
    }
    return kOk;
}

}  // namespace

std::optional<SdpDirection> parseDirection(std::string_view attribute) {
    if (attribute == "sendrecv") return SdpDirection::SendRecv;
    if (attribute == "sendonly") return SdpDirection::SendOnly;
    if (attribute == "recvonly") return SdpDirection::RecvOnly;
    if (attribute == "inactive") return SdpDirection::Inactive;
    return std::nullopt;
}

Status readTransportLine(const SdpLine& line, SdpTransportLines& into) {
    const std::string_view name = line.attribute();
    SdpTransport& transport = into.transport;
    if (name == "ice-ufrag") {
        if (!isIceString(line.argument(), kMinUfrag)) return line.error("a=ice-ufrag needs 4 to 256 ICE characters");
        transport.iceUfrag = line.argument();
    } else if (name == "ice-pwd") {
        if (!isIceString(line.argument(), kMinPwd)) return line.error("a=ice-pwd needs 22 to 256 ICE characters");
        transport.icePwd = line.argument();
    } else if (name == "fingerprint") {
        return readFingerprint(line, into);
    } else if (name == "setup") {
        return readSetup(line, transport);
    } else if (name == "end-of-candidates") {
        transport.endOfCandidates = true;
    } else if (name == "candidate") {
        auto candidate = parseCandidate(line.value);
        if (!candidate.ok()) return line.error("malformed a=candidate");
        const bool room = transport.candidates.size() < SdpLimits::kCandidates;
        if (candidate->isUsable() && room) transport.candidates.push_back(*std::move(candidate));
    }
    return kOk;
}

/// @source RFC 8866 section 5.14
Result<SdpMedia> readMediaLine(const SdpLine& line) {
    std::string_view rest = line.value;
    SdpMedia media;
    media.kind = takeWord(rest);
    const std::string_view ports = takeWord(rest);
    const auto port = parseNumber<std::uint16_t>(ports.substr(0, ports.find('/')), UINT16_MAX);
    media.protocol = takeWord(rest);
    rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of(' ')));
    media.formats = rest;
    if (!isSdpToken(media.kind) || !port || media.protocol.empty() || media.formats.empty()) {
        return line.error("m= must be <media> <port> <protocol> <formats>");
    }
    media.rejected = *port == 0;
    const bool rtp = media.protocol.find("RTP/") != std::string::npos;
    if (rtp && (media.kind == "audio" || media.kind == "video")) TESSERA_TRY(readFormats(line, media));
    return media;
}

Status readMediaAttribute(const SdpLine& line, SdpMedia& media) {
    const std::string_view name = line.attribute();
    if (const auto direction = parseDirection(name)) media.direction = *direction;
    if (name == "bundle-only") media.rejected = false;
    if (name == "rtcp-mux") media.rtcpMux = true;
    if (name == "rtcp-rsize") media.rtcpReducedSize = true;
    if (name == "mid") return readMid(line, media);
    if (name == "rtpmap") return readRtpMap(line, media);
    if (name == "fmtp") return readFmtp(line, media);
    if (name == "rtcp-fb") return readFeedback(line, media);
    if (name == "extmap") return readExtension(line, media);
    if (name == "ssrc") return readSsrc(line, media);
    return kOk;
}

}  // namespace tessera
