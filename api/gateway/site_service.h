#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "mcu/base/time.h"

#include "api/gateway/deferred_site.h"
#include "api/gateway/loop_handle.h"
#include "api/gateway/reply.h"
#include "api/gateway/request_head.h"

namespace tessera {

/// What one request to a DeferredSite asks for.
/// @return nothing when the path is not /hls/{meeting}/{view}/{file}, or its query cannot be read
/// @param  path  decoded; @param target  origin form
std::optional<SiteRequest> readSiteRequest(const std::string& path, const std::string& target);

/// Asks a DeferredSite on behalf of clients, with a deadline.
/// @thread the gateway's
class SiteService {
public:
    using Answer = std::function<void(Reply)>;

    SiteService(boost::asio::io_context& loop, std::shared_ptr<LoopHandle> handle, std::shared_ptr<DeferredSite> site)
        : loop_(loop), handle_(std::move(handle)), site_(std::move(site)) {}

    bool isPublic(const SiteRequest& wanted) { return site_->isPublic(wanted); }

    /// @param request  its conditions and range are heeded
    /// @param headers  added to the reply
    /// @return         forgets the request
    std::function<void()> ask(const SiteRequest& wanted, std::shared_ptr<const HttpRequest> request,
                              std::vector<std::pair<std::string, std::string>> headers, Answer answer);

private:
    // Borrowed
    boost::asio::io_context& loop_;
    // State
    std::shared_ptr<LoopHandle> handle_;
    std::shared_ptr<DeferredSite> site_;
};

/// Remembers for some seconds who may have what, so that a player's requests, several a second, do not each ask for it.
/// A credential that is revoked or expires is good for at most that long.
class GrantCache {
public:
    static constexpr Duration kLife = std::chrono::seconds(5);
    static constexpr std::size_t kGrants = 4096;

    explicit GrantCache(const Clock& clock) : clock_(clock) {}

    /// What tells requests apart whose answer may differ: the meeting, and who asks from which page.
    static std::string keyOf(const SiteRequest& wanted, const HttpRequest& request);
    /// The grant's response head. @return null when there is none
    const HttpResponse* find(const std::string& key) const;
    void add(const std::string& key, HttpResponse head);

private:
    struct Grant {
        MonotonicTime until{};
        HttpResponse head;
    };
    const Clock& clock_;
    std::map<std::string, Grant> grants_;
};

}  // namespace tessera
