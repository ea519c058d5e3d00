#include "pipelines/rtp/ip_address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <cstring>

namespace tessera {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr std::size_t kLongestText = INET6_ADDRSTRLEN;

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    if (text.size() >= kLongestText) return std::nullopt;
    const std::string terminated(text);
    IpAddress address;
    std::copy(kMapped.begin(), kMapped.end(), address.bytes.begin());
    if (inet_pton(AF_INET, terminated.c_str(), address.bytes.data() + kMapped.size()) == 1) return address;
    if (inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) return address;
    return std::nullopt;
}

bool IpAddress::isV4() const {
    return std::equal(kMapped.begin(), kMapped.end(), bytes.begin());
}

bool IpAddress::isUnspecified() const {
    const auto from = isV4() ? bytes.begin() + kMapped.size() : bytes.begin();
    return std::all_of(from, bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

std::string IpAddress::toString() const {
    std::array<char, kLongestText> text{};
    const bool four = isV4();
    const auto* from = bytes.data() + (four ? kMapped.size() : 0);
    inet_ntop(four ? AF_INET : AF_INET6, from, text.data(), text.size());
    return text.data();
}

Result<IpRange> IpRange::parse(std::string_view text) {
    const auto slash = text.find('/');
    const auto address = IpAddress::parse(text.substr(0, slash));
    const auto wrong = [&] { return invalidArgument("\"" + std::string(text) + "\" is not a range of IP addresses"); };
    if (!address) return wrong();
    const int widest = address->isV4() ? 32 : 128;
    int prefix = widest;
    if (slash != std::string_view::npos) {
        const auto digits = text.substr(slash + 1);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
        if (error != std::errc() || end != digits.data() + digits.size()) return wrong();
    }
    if (prefix < 0 || prefix > widest) return wrong();
    return IpRange{*address, prefix + 128 - widest};
}

bool IpRange::contains(const IpAddress& address) const {
    const auto whole = static_cast<std::size_t>(prefix / 8);
    const auto rest = static_cast<unsigned>(prefix % 8);
    if (!std::equal(network.bytes.begin(), network.bytes.begin() + whole, address.bytes.begin())) return false;
    if (rest == 0) return true;
    const unsigned mask = 0xFFU << (8 - rest) & 0xFFU;
    return ((network.bytes[whole] ^ address.bytes[whole]) & mask) == 0;
}

}  // namespace tessera
