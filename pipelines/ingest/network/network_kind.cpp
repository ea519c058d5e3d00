#include "pipelines/ingest/network/network_kind.h"

#include <algorithm>

#include "mcu/base/url_text.h"

#include "pipelines/tls/tls_tunnel.h"

namespace tessera {
namespace {

constexpr Duration kLookUpWithin = std::chrono::seconds(2);
constexpr int kLowestPort = 1024;

}  // namespace

Result<SourceUrl> readSourceUrl(const IngestSpec& spec, std::initializer_list<std::string_view> schemes) {
    auto url = parseSourceUrl(spec.params.text("url"));
    if (!url) return url;
    if (std::find(schemes.begin(), schemes.end(), url->scheme) != schemes.end()) return url;
    std::string known;
    for (const auto scheme : schemes) known.append(known.empty() ? "" : " or ").append(scheme).append("://");
    return invalidArgument("url of a source of kind " + spec.kind + " must begin with " + known, "url");
}

Status checkReach(const SourceUrl& url, const IngestSettings& settings) {
    const SteadyClock clock;
    Interrupt interrupt(clock);
    interrupt.allow(kLookUpWithin);
    const auto address = UrlPolicy(settings.allow).admit(url.host, interrupt);
    if (address || address.error().code != ErrorCode::InvalidArgument) return kOk;
    return address.error();
}

Status checkListen(const SourceUrl& url) {
    if (!url.host.empty() && !IpAddress::parse(url.host)) {
        return invalidArgument("url must name an address of this machine to listen on, or 0.0.0.0 for all", "url");
    }
    if (url.port < kLowestPort) return invalidArgument("url must name a port from 1024 to listen on", "url");
    return kOk;
}

std::string hostAndPort(const IpAddress& address, std::uint16_t port) {
    const std::string text = address.toString();
    return (address.isV4() ? text : "[" + text + "]") + ":" + std::to_string(port);
}

std::string userInfo(const SourceUrl& url, const Params& params) {
    const std::string& given = params.text("user");
    const std::string& user = given.empty() ? url.user : given;
    const std::string& password = given.empty() ? url.password : params.text("password");
    if (user.empty()) return {};
    return percentEncoded(user) + ":" + percentEncoded(password) + "@";
}

Result<Reached> reach(const SourceUrl& url, std::uint16_t port, bool isVerified, const UrlPolicy& policy,
                      const Interrupt& interrupt) {
    const auto address = policy.admit(url.host, interrupt);
    if (!address) return address.error();
    if (url.port != 0) port = url.port;
    if (url.scheme != "rtmps" && url.scheme != "rtsps") return Reached{hostAndPort(*address, port), nullptr};
    auto tunnel = TlsTunnel::open({url.host, *address, port, isVerified}, interrupt);
    if (!tunnel) return tunnel.error();
    const auto place = "127.0.0.1:" + std::to_string((*tunnel)->port());
    return Reached{place, std::move(tunnel).value()};
}

StreamKind commonKind(const IngestSpec& spec) {
    StreamKind kind;
    kind.shown = withoutCredentials(spec.params.text("url"));
    kind.latency = std::chrono::milliseconds(spec.params.integer("latency_ms"));
    kind.audio = spec.params.flag("audio");
    kind.video = spec.params.flag("video");
    return kind;
}

}  // namespace tessera
