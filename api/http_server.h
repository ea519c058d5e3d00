#pragma once

#include <functional>
#include <memory>
#include <string>

#include "mcu/base/result.h"

#include "api/http_counters.h"
#include "api/http_message.h"

namespace tessera {

/// Limits of the HTTP edge.
struct HttpServerOptions {
    std::string address = "127.0.0.1";
    int port = 8080;                           ///< 0 picks a free one
    int reactors = 2;                          ///< threads that read and write sockets
    int workers = 8;                           ///< threads that run the handler
    int waiting = 512;                         ///< requests waiting or running; those beyond are answered 503
    int connections = 1024;                    ///< open at once; those beyond are closed
    std::size_t maxRequestBytes = 256 * 1024;  ///< head and body together; more is answered 413
    /// What requests must carry in the header kTokenHeader, from the gateway that alone knows it; those without are
    /// answered 403. Empty = anybody may ask. With it the header kClientHeader says who the client is.
    std::string token{};
};

/// Pistache, wrapped once: plain requests in, plain responses out. It answers small bodies only and never streams: a
/// slow reader of a large reply would starve its neighbours, so TLS, large files and slow clients belong to the
/// Gateway.
class HttpServer {
public:
    /// Runs on a worker thread, never on a thread that serves sockets; may block for seconds.
    using Handler = std::function<HttpResponse(const HttpRequest&)>;

    /// Binds and serves.
    /// @param handler  must not throw
    /// @error conflict: the address is in use; invalid_argument: it cannot be bound
    static Result<std::unique_ptr<HttpServer>> create(const HttpServerOptions& options, Handler handler);
    virtual ~HttpServer() = default;

    /// The port that was bound.
    virtual int port() const = 0;
    virtual const HttpCounters& counters() const = 0;

    /// Stops accepting, lets running handlers end, closes. May be called twice.
    virtual void stop() = 0;
};

}  // namespace tessera
