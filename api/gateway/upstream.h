#pragma once

#include <boost/asio/io_context.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "mcu/base/result.h"

#include "api/gateway/request_head.h"
#include "api/http_message.h"

namespace tessera {

/// The HttpServer behind the gateway, over connections on the loopback that are kept and used again. Every reply is
/// read to its end at once, whatever the client does: the server behind never meets a slow or a vanished reader.
/// @thread the gateway's
class Upstream {
public:
    using Answer = std::function<void(Result<HttpResponse>)>;

    Upstream(boost::asio::io_context& loop, int port, std::string token);
    ~Upstream();

    /// Passes a request on; HEAD as GET, so that the reply says how long its body would be.
    /// @error capacity: too many are waiting; unreachable; timeout: no reply within kReplyTime
    void send(const ClientRequest& request, Answer answer);

    /// Closes everything; who waits gets an error.
    void stop();

private:
    class Link;
    struct Job {
        std::string bytes;
        bool mayRepeat = false;  ///< harmless when it was served twice
        Answer answer;
    };
    std::string serialize(const ClientRequest& request) const;
    void begin(Job job);
    void finished(const std::shared_ptr<Link>& link, bool reusable);

    boost::asio::io_context& loop_;
    int port_;
    std::string token_;
    bool stopped_ = false;
    std::vector<std::shared_ptr<Link>> idle_;
    std::set<std::shared_ptr<Link>> busy_;
    std::deque<Job> waiting_;
    std::size_t waitingBytes_ = 0;
};

}  // namespace tessera
