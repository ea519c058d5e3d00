#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "mcu/base/result.h"

#include "api/gateway/deferred_site.h"
#include "api/http_counters.h"
#include "api/http_message.h"

namespace tessera {

class EventLog;

/// What one client, or one address, may take of the gateway.
struct GatewayLimits {
    std::size_t headerBytes = 32 * 1024;  ///< request line and headers; more is answered 414 or 431
    std::size_t bodyBytes = 256 * 1024;   ///< more is answered 413
    std::chrono::milliseconds headerTime = std::chrono::seconds(20);  ///< from its first byte to its last; then 408
    std::chrono::milliseconds bodyTime = std::chrono::seconds(30);    ///< for the whole body; then 408
    std::chrono::milliseconds idleTime = std::chrono::seconds(60);    ///< between requests; then closed
    std::chrono::milliseconds writeTime = std::chrono::seconds(30);   ///< for the client to take 64 KiB; then closed
    int connections = 4096;                                           ///< open at once; those beyond are answered 503
    int connectionsPerAddress = 1024;  ///< beyond them 503, too; loopback, where a front stands, may have 7/8 of all
    int requestsPerConnection = 1000;  ///< then it is closed
    std::chrono::milliseconds stopTime = std::chrono::seconds(2);  ///< for replies under way when the server stops
};

struct GatewayOptions {
    std::string address = "127.0.0.1";
    int port = 8080;  ///< 0 picks a free one
    GatewayLimits limits;
    int upstreamPort = 0;       ///< of the HttpServer on 127.0.0.1 that answers small bodies
    std::string upstreamToken;  ///< what that server takes for proof that the gateway asks
    std::string dataDir;        ///< folder that holds `recordings/`
};

/// What the gateway answers from, besides the HttpServer behind it.
struct GatewayContent {
    /// Answers what lies in memory: must neither wait nor throw.
    std::function<HttpResponse(const HttpRequest&)> page;
    /// Whether `page` answers a GET of this path.
    std::function<bool(const std::string& path)> isPage;
    /// Playlists and segments; null = none.
    std::shared_ptr<DeferredSite> hls;
    /// What GET /v1/events tells of; null = none. Outlives the gateway.
    EventLog* events = nullptr;
};

/// The one HTTP socket that clients see. It reads requests within limits, passes those for small answers to the
/// HttpServer behind it, and sends the page, files and media itself, so that a slow, hostile or vanished client costs
/// nothing to others: no thread and no buffer of unbounded size belongs to a client.
///
/// A reply of the server behind with the header `X-Tessera-Serve` is not sent: it says that the caller may have what
/// it names, with the reply's other headers. `recording <id>/<file>` is a file of a recording, `hls` asks
/// GatewayContent::hls for the request's path, `events <EventGrant>` sends the reply's body and then events.
///
/// @source RFC 9110, RFC 9112
class Gateway {
public:
    /// Binds and serves, on one thread of its own and a few that read files.
    /// @error conflict: the address is in use; invalid_argument: it cannot be bound
    static Result<std::unique_ptr<Gateway>> create(const GatewayOptions& options, GatewayContent content);
    virtual ~Gateway() = default;

    /// The port that was bound.
    virtual int port() const = 0;
    virtual const HttpCounters& counters() const = 0;

    /// Stops accepting, lets replies under way end within GatewayLimits::stopTime, closes. May be called twice.
    virtual void stop() = 0;
};

/// Headers between the gateway and the server behind it. Those of clients that begin with the prefix are dropped.
inline constexpr const char* kInternalHeaderPrefix = "x-tessera-";
inline constexpr const char* kTokenHeader = "x-tessera-token";
inline constexpr const char* kClientHeader = "x-tessera-client";
inline constexpr const char* kServeHeader = "X-Tessera-Serve";

}  // namespace tessera
