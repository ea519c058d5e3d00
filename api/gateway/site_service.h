#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

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

/// What of a request decides about its reply: method, conditions and range, without the rest.
std::shared_ptr<const HttpRequest> conditionsOf(const HttpRequest& request);

/// Asks a DeferredSite on behalf of clients, with a deadline.
/// @thread the gateway's
class SiteService {
public:
    using Answer = std::function<void(Reply)>;
    using Headers = std::vector<std::pair<std::string, std::string>>;

    SiteService(boost::asio::io_context& loop, std::shared_ptr<LoopHandle> handle, std::shared_ptr<DeferredSite> site);

    bool isPublic(const SiteRequest& wanted) { return site_->isPublic(wanted); }

    /// @param request  its conditions and range are heeded
    /// @param headers  added to the reply
    /// @return         forgets the request; null when it has been answered
    std::function<void()> ask(const SiteRequest& wanted, std::shared_ptr<const HttpRequest> request, Headers headers,
                              Answer answer);

private:
    struct Asked;
    class Inbox;
    using Waiting = std::list<std::shared_ptr<Asked>>;

    /// True for the first who ends it.
    bool end(Asked& asked);
    void deliver(std::weak_ptr<Asked> to, SiteReply reply);
    void arm();

    // State
    boost::asio::steady_timer timer_;  ///< of the request that waits since the longest time
    SteadyClock clock_;
    std::shared_ptr<DeferredSite> site_;
    std::shared_ptr<Inbox> inbox_;
    Waiting waiting_;  ///< in the order of their deadlines
    bool isArmed_ = false;
};

/// Remembers for some seconds who may have what, so that a player's requests, several a second, do not each ask for it.
/// A credential that is revoked or expires is good for at most that long.
class GrantCache {
public:
    static constexpr Duration kLife = std::chrono::seconds(5);
    static constexpr std::size_t kGrants = 100'000;

    explicit GrantCache(const Clock& clock) : clock_(clock) {}

    /// What tells requests apart whose answer may differ: the meeting, and who asks from which page.
    /// @param credential  as in an Authorization header
    static std::string keyOf(const SiteRequest& wanted, const HttpRequest& request, std::string_view credential);
    /// What is granted, and whether the caller is to ask again meanwhile: once in the second half of a grant's life, so
    /// that nobody waits for it, and not at the same time for all who came together.
    struct Found {
        const HttpResponse* head = nullptr;  ///< null when there is no grant
        bool isDue = false;
    };
    Found find(const std::string& key);
    void remove(const std::string& key) { grants_.erase(key); }
    void add(const std::string& key, HttpResponse head);
    std::size_t size() const { return grants_.size(); }

private:
    struct Grant {
        MonotonicTime until{}, due{};
        HttpResponse head;
        bool isRenewed = false;
    };
    const Clock& clock_;
    std::unordered_map<std::string, Grant> grants_;
    std::deque<std::pair<MonotonicTime, std::string>> ends_;  ///< of all grants, in their order
};

}  // namespace tessera
