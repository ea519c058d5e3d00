#pragma once

#include <string>
#include <vector>

#include "pipelines/ingest/network/url_policy.h"

namespace tessera {

/// Where this server may send to over HTTP on somebody's behalf: the public internet, and what the configuration lists.
/// @thread any
class OutboundRules {
public:
    /// @param setting  its name, for the errors: "webhooks.allow"
    OutboundRules(std::string setting, const std::vector<std::string>& allow)
        : setting_(std::move(setting)), policy_(allow) {}

    /// The URL as it may be used: http or https, without user, of at most 2048 bytes; a literal address must be
    /// allowed.
    /// @error invalid_argument with field "url"
    Status checkUrl(const std::string& url) const;

    bool permits(const std::string& host, const IpAddress& address) const {
        return policy_.permits(host, address).ok();
    }
    /// What to tell whoever named the host.
    std::string refusal(const std::string& host) const;

private:
    std::string setting_;
    UrlPolicy policy_;
};

}  // namespace tessera
