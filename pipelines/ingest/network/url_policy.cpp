#include "pipelines/ingest/network/url_policy.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <strings.h>

#include "mcu/base/sync.h"

namespace tessera {
namespace {

/// What is not public; a network that carries an IPv4 address inside is refused whole.
constexpr std::string_view kSpecial[] = {
    "0.0.0.0/8",      "10.0.0.0/8",   "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24",   "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",  "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/3",  "2001::/23",      "2001:db8::/32",  "2002::/16",      "3fff::/20",
};

bool isIn(const IpAddress& address, std::string_view text) {
    const auto range = IpRange::parse(text);
    return range.ok() && range->contains(address);
}

std::optional<IpAddress> addressOf(const sockaddr& socket) {
    IpAddress address;
    if (socket.sa_family == AF_INET6) {
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(socket);
        std::memcpy(address.bytes.data(), &v6.sin6_addr, 16);
        return address;
    }
    if (socket.sa_family != AF_INET) return std::nullopt;
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(socket);
    address.bytes[10] = address.bytes[11] = 0xff;
    std::memcpy(address.bytes.data() + 12, &v4.sin_addr, 4);
    return address;
}

/// One look-up that can be waited for in steps; the C library keeps using it until it has ended.
struct LookUp {
    explicit LookUp(std::string name) : host(std::move(name)) {
        hints.ai_socktype = SOCK_STREAM;
        request.ar_name = host.c_str();
        request.ar_request = &hints;
    }
    ~LookUp() {
        if (request.ar_result != nullptr) freeaddrinfo(request.ar_result);
    }
    LookUp(const LookUp&) = delete;
    LookUp& operator=(const LookUp&) = delete;

    const std::string host;
    addrinfo hints{};
    gaicb request{};
};

/// Keeps what could not be cancelled until it has ended.
void keepUntilEnded(std::unique_ptr<LookUp> lookUp) {
    static Mutex mutex;
    static std::vector<std::unique_ptr<LookUp>> kept;
    Lock lock(mutex);
    std::erase_if(kept, [](const auto& each) { return gai_error(&each->request) != EAI_INPROGRESS; });
    kept.push_back(std::move(lookUp));
}

/// Never asked of a name server. @source RFC 6761, section 6.3
bool isLocalhost(const std::string& host) {
    const std::string_view name(host.c_str(), host.ends_with('.') ? host.size() - 1 : host.size());
    constexpr std::string_view kName = "localhost";
    if (name.size() < kName.size()) return false;
    const auto before = name.size() - kName.size();
    if (before > 0 && name[before - 1] != '.') return false;
    return strncasecmp(name.data() + before, kName.data(), kName.size()) == 0;
}

Result<std::vector<IpAddress>> lookUp(const std::string& host, const Interrupt& interrupt) {
    if (const auto literal = IpAddress::parse(host)) return std::vector<IpAddress>{*literal};
    if (isLocalhost(host)) return std::vector<IpAddress>{*IpAddress::parse("127.0.0.1"), *IpAddress::parse("::1")};
    auto look = std::make_unique<LookUp>(host);
    gaicb* list[] = {&look->request};
    if (getaddrinfo_a(GAI_NOWAIT, list, 1, nullptr) != 0) return internalError("no name can be looked up");
    constexpr timespec kStep{0, 50'000'000};
    while (gai_error(&look->request) == EAI_INPROGRESS && !interrupt.isDue()) {
        (void)gai_suspend(const_cast<const gaicb* const*>(list), 1, &kStep);
    }
    const int outcome = gai_error(&look->request);
    if (outcome == EAI_INPROGRESS) {
        if (gai_cancel(&look->request) != EAI_CANCELED) keepUntilEnded(std::move(look));
        return Error{ErrorCode::Timeout, "the address of " + host + " was not found in time", {}};
    }
    if (outcome != 0) return Error{ErrorCode::Unreachable, "the host " + host + " has no address", {}};
    std::vector<IpAddress> found;
    for (const addrinfo* each = look->request.ar_result; each != nullptr; each = each->ai_next) {
        if (const auto address = addressOf(*each->ai_addr)) found.push_back(*address);
    }
    if (found.empty()) return Error{ErrorCode::Unreachable, "the host " + host + " has no address", {}};
    return found;
}

}  // namespace

bool isMulticast(const IpAddress& address) {
    return isIn(address, "224.0.0.0/4") || isIn(address, "ff00::/8");
}

bool isLoopback(const IpAddress& address) {
    return isIn(address, "127.0.0.0/8") || isIn(address, "::1/128");
}

bool isPublic(const IpAddress& address) {
    if (!address.isV4() && !isIn(address, "2000::/3")) return false;
    return std::none_of(std::begin(kSpecial), std::end(kSpecial),
                        [&](std::string_view range) { return isIn(address, range); });
}

UrlPolicy::UrlPolicy(const std::vector<std::string>& allow) {
    for (const std::string& text : allow) {
        if (auto range = IpRange::parse(text)) {
            ranges_.push_back(std::move(range).value());
        } else {
            hosts_.push_back(text);
        }
    }
}

Status UrlPolicy::permits(const std::string& host, const IpAddress& address) const {
    if (isPublic(address)) return kOk;
    if (std::find(hosts_.begin(), hosts_.end(), host) != hosts_.end()) return kOk;
    const bool isListed =
        std::any_of(ranges_.begin(), ranges_.end(), [&](const IpRange& range) { return range.contains(address); });
    if (isListed) return kOk;
    const std::string which = host == address.toString() ? host : host + " (" + address.toString() + ")";
    return invalidArgument("url names " + which +
                               ", which is no address of the public internet; sources.allow of the configuration can "
                               "allow it",
                           "url");
}

Result<IpAddress> UrlPolicy::admit(const std::string& host, const Interrupt& interrupt) const {
    if (host.empty()) return invalidArgument("url names no host", "url");
    const auto found = lookUp(host, interrupt);
    if (!found) return found.error();
    for (const IpAddress& address : *found) TESSERA_TRY(permits(host, address));
    const auto v4 = std::find_if(found->begin(), found->end(), [](const IpAddress& each) { return each.isV4(); });
    return v4 == found->end() ? found->front() : *v4;
}

}  // namespace tessera
