#include "pipelines/webrtc/sdp/ice_candidate.h"

#include <arpa/inet.h>
#include <array>

#include "pipelines/webrtc/sdp/sdp_text.h"

namespace tessera {

namespace {

constexpr std::string_view kPrefix = "candidate:";
constexpr std::array<std::string_view, 4> kTypes{"host", "srflx", "prflx", "relay"};

std::optional<IceCandidateType> parseType(std::string_view name) {
    for (std::size_t i = 0; i < kTypes.size(); ++i) {
        if (kTypes[i] == name) return static_cast<IceCandidateType>(i);
    }
    return std::nullopt;
}

bool isAddress(const std::string& text) {
    std::array<unsigned char, sizeof(in6_addr)> address{};
    return inet_pton(AF_INET, text.c_str(), address.data()) == 1 ||
           inet_pton(AF_INET6, text.c_str(), address.data()) == 1;
}

}  // namespace

bool IceCandidate::isUsable() const {
    return udp && component == 1 && port != 0 && isAddress(address);
}

Result<IceCandidate> parseCandidate(std::string_view value) {
    const Error malformed = invalidArgument("a=candidate is malformed");
    if (value.substr(0, kPrefix.size()) != kPrefix) return malformed;
    std::string_view rest = value.substr(kPrefix.size());
    IceCandidate candidate;
    candidate.foundation = takeWord(rest);
    const auto component = parseNumber<int>(takeWord(rest), 256);
    candidate.udp = toLower(takeWord(rest)) == "udp";
    const auto priority = parseNumber<std::uint32_t>(takeWord(rest), UINT32_MAX);
    candidate.address = takeWord(rest);
    const auto port = parseNumber<std::uint16_t>(takeWord(rest), UINT16_MAX);
    const bool typed = takeWord(rest) == "typ";
    const auto type = parseType(takeWord(rest));
    const bool named =
        !candidate.foundation.empty() && candidate.foundation.size() <= 32 && candidate.address.size() <= 255;
    if (!named || candidate.address.empty() || !typed) return malformed;
    if (!component || *component < 1 || !priority || !port || !type) return malformed;
    candidate.component = *component;
    candidate.priority = *priority;
    candidate.port = *port;
    candidate.type = *type;
    return candidate;
}

std::string toSdp(const IceCandidate& candidate) {
    std::string text(kPrefix);
    text += candidate.foundation + ' ' + std::to_string(candidate.component) + (candidate.udp ? " udp " : " tcp ");
    text += std::to_string(candidate.priority) + ' ' + candidate.address + ' ' + std::to_string(candidate.port);
    text += " typ ";
    text += kTypes[static_cast<std::size_t>(candidate.type)];
    // Where it was reflected or relayed is nobody's business, but the grammar wants it (RFC 8839 section 5.1).
    if (candidate.type != IceCandidateType::Host) text += " raddr 0.0.0.0 rport 0";
    return text;
}

}  // namespace tessera
