#include "api/addresses.h"

#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <optional>

namespace tessera {
namespace {

std::optional<std::uint16_t> parsePort(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return port;
}

bool isHostName(std::string_view text) {
    static constexpr std::string_view kAllowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-";
    return !text.empty() && text.size() <= 253 && text.find_first_not_of(kAllowed) == std::string_view::npos;
}

/// host, host:port, [v6] or [v6]:port.
bool isHostAndPort(std::string_view text) {
    std::string_view rest;
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == std::string_view::npos || !isIpAddress(text.substr(1, close - 1))) return false;
        rest = text.substr(close + 1);
    } else {
        const auto colon = text.find(':');
        if (!isHostName(text.substr(0, colon))) return false;
        if (colon != std::string_view::npos) rest = text.substr(colon);
    }
    if (rest.empty()) return true;
    if (!rest.starts_with(':')) return false;
    const auto port = parsePort(rest.substr(1));
    return port && *port != 0;
}

Error badIceServer() {
    return invalidArgument(
        "an ICE server is \"stun:host:port\" or \"turn:user:password@host:port?transport=udp\" (or tcp; stuns, turns)");
}

Result<IceServer> parseTurn(std::string_view scheme, std::string_view rest) {
    const auto at = rest.rfind('@');
    const auto colon = rest.find(':');
    if (at == std::string_view::npos || colon == std::string_view::npos || colon >= at) return badIceServer();
    auto place = rest.substr(at + 1);
    const auto query = place.find('?');
    if (query != std::string_view::npos) {
        const auto transport = place.substr(query);
        if (transport != "?transport=udp" && transport != "?transport=tcp") return badIceServer();
    }
    if (!isHostAndPort(place.substr(0, query))) return badIceServer();
    IceServer server;
    server.url = std::string(scheme) + ":" + std::string(place);
    server.username = std::string(rest.substr(0, colon));
    server.credential = std::string(rest.substr(colon + 1, at - colon - 1));
    if (server.username.empty() || server.credential.empty()) return badIceServer();
    return server;
}

}  // namespace

bool isIpAddress(std::string_view text) {
    const std::string copy(text);
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    return inet_pton(AF_INET, copy.c_str(), bytes.data()) == 1 || inet_pton(AF_INET6, copy.c_str(), bytes.data()) == 1;
}

bool ListenAddress::isLoopback() const {
    in_addr v4{};
    if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24U) == 127;
    in6_addr v6{};
    return inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

Result<ListenAddress> parseListenAddress(std::string_view text) {
    const auto colon = text.rfind(':');
    auto bad = [&] {
        return invalidArgument("\"" + std::string(text) + "\" is not an address and port such as \"127.0.0.1:8080\"");
    };
    if (colon == std::string_view::npos) return bad();
    auto host = text.substr(0, colon);
    const auto port = parsePort(text.substr(colon + 1));
    if (!port) return bad();
    const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    if (host == "localhost") host = "127.0.0.1";
    if (!isIpAddress(host) || bracketed != (host.find(':') != std::string_view::npos)) return bad();
    return ListenAddress{std::string(host), *port};
}

Result<IceServer> parseIceServer(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return badIceServer();
    const auto scheme = text.substr(0, colon);
    const auto rest = text.substr(colon + 1);
    if (scheme == "turn" || scheme == "turns") return parseTurn(scheme, rest);
    if ((scheme != "stun" && scheme != "stuns") || !isHostAndPort(rest)) return badIceServer();
    return IceServer{std::string(text), {}, {}};
}

}  // namespace tessera
