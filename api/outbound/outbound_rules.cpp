#include "api/outbound/outbound_rules.h"

#include "pipelines/ingest/network/source_url.h"

namespace tessera {

Status OutboundRules::checkUrl(const std::string& text) const {
    const auto url = parseSourceUrl(text);
    if (!url) return url.error();
    if (url->scheme != "http" && url->scheme != "https") return invalidArgument("url must be http or https", "url");
    if (!url->user.empty() || !url->password.empty()) {
        return invalidArgument("url must not hold a user: receivers check the signature", "url");
    }
    if (url->host.empty()) return invalidArgument("url names no host", "url");
    const auto address = IpAddress::parse(url->host);
    if (address && !permits(url->host, *address)) return invalidArgument(refusal(url->host), "url");
    return kOk;
}

std::string OutboundRules::refusal(const std::string& host) const {
    return host + " is no address of the public internet; " + setting_ + " of the configuration can allow it";
}

}  // namespace tessera
