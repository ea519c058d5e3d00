#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "api/gateway/event_service.h"
#include "api/gateway/file_body.h"
#include "api/gateway/gateway.h"
#include "api/gateway/reply.h"
#include "api/gateway/request_head.h"
#include "api/gateway/site_service.h"
#include "api/gateway/upstream.h"
#include "api/worker_pool.h"

namespace tessera {

/// Finds the reply to a request: the page from memory, files, media, and everything else from the HttpServer behind.
/// @thread the gateway's
class ContentService {
public:
    using Answer = std::function<void(Reply)>;
    using Forget = std::function<void()>;

    ContentService(boost::asio::io_context& loop, const GatewayOptions& options, GatewayContent content);

    /// @param answer  called at most once, within this call or later
    /// @return        forgets the request; null when that would change nothing
    Forget serve(const ClientRequest& request, Answer answer);
    void stop();

private:
    using SharedRequest = std::shared_ptr<const HttpRequest>;
    Forget serveSite(const ClientRequest& request, const SiteRequest& wanted, Answer answer);
    void renewGrant(const ClientRequest& asked, const std::string& key);
    Forget serveEvents(const ClientRequest& request, Answer answer);
    void pass(const ClientRequest& request, Answer answer);
    void serveFile(const std::string& name, HttpResponse head, SharedRequest request, Answer answer);

    // State
    GatewayContent content_;
    std::string dataDir_;
    std::shared_ptr<LoopHandle> handle_;
    Upstream upstream_;
    WorkerPool readers_;
    SteadyClock clock_;
    GrantCache grants_{clock_};
    std::unique_ptr<SiteService> site_;
    std::unique_ptr<EventService> events_;
};

}  // namespace tessera
