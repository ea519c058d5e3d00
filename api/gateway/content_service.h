#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "api/gateway/gateway.h"
#include "api/gateway/reply.h"
#include "api/gateway/request_head.h"
#include "api/gateway/upstream.h"

namespace tessera {

/// Finds the reply to a request: the page from memory, files, media, and everything else from the HttpServer behind.
/// @thread the gateway's
class ContentService {
public:
    using Answer = std::function<void(Reply)>;

    ContentService(boost::asio::io_context& loop, const GatewayOptions& options, GatewayContent content);

    /// @param answer  called at most once, within this call or later
    /// @return        forgets the request; null when that would change nothing
    std::function<void()> serve(const ClientRequest& request, Answer answer);
    void stop();

private:
    Upstream upstream_;
    GatewayContent content_;
};

}  // namespace tessera
