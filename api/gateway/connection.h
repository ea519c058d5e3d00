#pragma once

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "api/gateway/client_stream.h"
#include "api/gateway/gateway.h"
#include "api/gateway/reply.h"
#include "api/gateway/request_head.h"

namespace tessera {

/// One client: reads its requests one after another and writes the replies. Ends when the client does, when a limit is
/// passed, or when it is stopped.
/// @thread the gateway's
class Connection : public std::enable_shared_from_this<Connection> {
public:
    /// Finds the reply to a request; answers within the call or later, at most once.
    /// @return  forgets the request, so that no answer comes; may be null
    using Service = std::function<std::function<void()>(const ClientRequest&, std::function<void(Reply)>)>;

    struct Setup {
        const GatewayLimits& limits;
        HttpCounters& counters;
        Service service;
        std::function<void(const std::shared_ptr<Connection>&)> ended;
    };

    Connection(boost::asio::ip::tcp::socket socket, Setup setup);

    void start();
    /// Answers without reading anything, and closes: a connection over a limit.
    void refuse(const HttpResponse& response);
    /// Closes it now when nothing is under way, else after the reply.
    void finish();
    void abort();

private:
    using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
    using Error = boost::system::error_code;

    void awaitRequest();
    void readHead();
    void parseHead();
    void onHead(Error error);
    void readBody();
    void onBody(Error error);
    void refuseRequest(Error error);
    void serve();
    void watchClient();
    void answer(Reply reply);
    void write(Reply reply);
    /// One after the other; `second` may be empty.
    void writeBytes(std::string_view first, std::string_view second = {});
    void onWritten(Error error);
    void replied();
    void close();

    // Borrowed
    const GatewayLimits& limits_;
    HttpCounters& counters_;
    // Owned
    ClientStream stream_;
    Service service_;
    std::function<void(const std::shared_ptr<Connection>&)> ended_;
    // State
    std::optional<Parser> parser_;
    std::size_t headBytes_ = 0;
    std::string peer_;
    ClientRequest request_;
    Reply reply_;
    std::string head_;
    std::function<void()> forget_;
    std::uint64_t asked_ = 0;  ///< requests so far; tells a late answer from one to the present request
    bool isIdle_ = true;
    bool isWaiting_ = false;    ///< for the service's answer
    bool isStreaming_ = false;  ///< a body without a known end
    bool isFinishing_ = false;
    bool isClosed_ = false;
};

}  // namespace tessera
