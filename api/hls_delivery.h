#pragma once

#include "api/gateway/deferred_site.h"
#include "pipelines/outputs/hls/hls_site.h"

namespace tessera {

/// What outputs of the kind hls publish, as the gateway asks for it: types, caching and errors of HTTP.
/// @source RFC 9111 section 5.2.2 (Cache-Control)
class HlsDelivery final : public DeferredSite {
public:
    /// @param site  outlives it
    explicit HlsDelivery(HlsSite& site) : site_(site) {}

    bool isPublic(const SiteRequest& request) override;
    std::function<void()> ask(const SiteRequest& request, std::function<void(SiteReply)> answer) override;

private:
    // Borrowed
    HlsSite& site_;
};

}  // namespace tessera
