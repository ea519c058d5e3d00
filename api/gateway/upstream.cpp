#include "api/gateway/upstream.h"

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <sys/socket.h>

#include "api/gateway/gateway.h"

namespace tessera {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
using boost::system::error_code;

/// Above the workers of the server behind, so that they never lack work; below its limit of connections.
constexpr std::size_t kLinks = 64;
/// An audience of thousands that arrives at once is checked one by one, some thousands a second.
constexpr std::size_t kWaiting = 8192;
constexpr std::size_t kWaitingBytes = 64U << 20U;
/// Above the longest deadline of any handler.
constexpr auto kReplyTime = std::chrono::seconds(60);
/// Far below the time after which the server behind closes an idle connection (60 s), above the pauses of callers that
/// poll: who calls often finds one open, and a server at rest holds none.
constexpr auto kIdleTime = std::chrono::seconds(1);
/// Above the largest reply of the server behind, a picture of 4096 x 2304 pixels.
constexpr std::size_t kReplyBytes = 64U << 20U;
constexpr std::size_t kReplyHeadBytes = 64 * 1024;

}  // namespace

/// One connection to the server behind.
class Upstream::Link : public std::enable_shared_from_this<Link> {
public:
    explicit Link(Upstream& owner) : owner_(owner), socket_(owner.loop_), timer_(owner.loop_) {}

    void run(Job job) {
        job_ = std::move(job);
        isReused_ = isAlive();
        if (!isReused_) close();
        arm(kReplyTime);
        if (isReused_) return write();
        connect();
    }

    void rest() {
        timer_.expires_after(kIdleTime);
        timer_.async_wait([self = shared_from_this(), mine = ++deadlines_](error_code error) {
            if (!error && mine == self->deadlines_) self->owner_.finished(self, false);
        });
    }

    void close() {
        timer_.cancel();
        error_code ignored;
        socket_.close(ignored);
    }

    void fail(const Error& error) {
        close();
        if (auto answer = std::exchange(job_.answer, nullptr)) answer(error);
    }

private:
    /// False when the server behind has closed it meanwhile.
    bool isAlive() {
        char byte = 0;
        if (!socket_.is_open()) return false;
        return ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
    }

    void arm(std::chrono::seconds time) {
        late_ = false;
        timer_.expires_after(time);
        timer_.async_wait([self = shared_from_this(), mine = ++deadlines_](error_code error) {
            if (error || mine != self->deadlines_) return;
            self->late_ = true;
            error_code ignored;
            self->socket_.close(ignored);
        });
    }

    void connect() {
        const tcp::endpoint server(asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(owner_.port_));
        socket_.async_connect(server, [self = shared_from_this()](error_code error) {
            if (error) return self->done(error);
            error_code ignored;
            self->socket_.set_option(tcp::no_delay(true), ignored);
            self->write();
        });
    }

    void write() {
        asio::async_write(socket_, asio::buffer(job_.bytes),
                          [self = shared_from_this()](error_code error, std::size_t) {
                              // Why it stopped reading may be said in its reply.
                              if (error && !self->socket_.is_open()) return self->done(error);
                              self->read();
                          });
    }

    void read() {
        parser_.emplace();
        parser_->body_limit(kReplyBytes);
        parser_->header_limit(kReplyHeadBytes);
        http::async_read(socket_, buffer_, *parser_,
                         [self = shared_from_this()](error_code error, std::size_t) { self->done(error); });
    }

    void done(error_code error) {
        ++deadlines_;
        timer_.cancel();
        if (error) return failed(error);
        auto message = parser_->release();
        HttpResponse response;
        response.status = static_cast<int>(message.result_int());
        for (const auto& field : message) {
            response.with(std::string(field.name_string()), std::string(field.value()));
        }
        response.body = std::move(message.body());
        const bool reusable = message.keep_alive() && buffer_.size() == 0;
        auto answer = std::exchange(job_.answer, nullptr);
        owner_.finished(shared_from_this(), reusable);
        if (answer) answer(std::move(response));
    }

    void failed(error_code) {
        close();
        const bool isStale = isReused_ && !late_ && (!parser_ || !parser_->got_some());
        if (isStale && job_.mayRepeat && !owner_.stopped_) {
            isReused_ = false;
            arm(kReplyTime);
            return connect();
        }
        const Error why = late_ ? Error{ErrorCode::Timeout, "the server did not answer in time", {}}
                                : Error{ErrorCode::Unreachable, "the server did not answer", {}};
        auto answer = std::exchange(job_.answer, nullptr);
        owner_.finished(shared_from_this(), false);
        if (answer) answer(why);
    }

    // Borrowed
    Upstream& owner_;
    // State
    tcp::socket socket_;
    asio::steady_timer timer_;
    beast::flat_buffer buffer_;
    std::optional<http::response_parser<http::string_body>> parser_;
    Job job_;
    std::uint64_t deadlines_ = 0;
    bool isReused_ = false;
    bool late_ = false;
};

Upstream::Upstream(asio::io_context& loop, int port, std::string token)
    : loop_(loop), port_(port), token_(std::move(token)) {}

Upstream::~Upstream() {
    stop();
}

std::string Upstream::serialize(const ClientRequest& request) const {
    const HttpRequest& plain = request.plain;
    std::string bytes = (request.isHead() ? "GET" : plain.method) + " " + request.target + " HTTP/1.1\r\n";
    for (const auto& [name, value] : plain.headers) bytes += name + ": " + value + "\r\n";
    bytes += std::string(kTokenHeader) + ": " + token_ + "\r\n";
    bytes += std::string(kClientHeader) + ": " + plain.peer + "\r\n";
    const bool hasLength = !plain.body.empty() || plain.method.starts_with('P');
    if (hasLength) bytes += "content-length: " + std::to_string(plain.body.size()) + "\r\n";
    return bytes + "connection: keep-alive\r\n\r\n" + plain.body;
}

void Upstream::send(const ClientRequest& request, Answer answer) {
    const bool isFull = busy_.size() >= kLinks && (waiting_.size() >= kWaiting || waitingBytes_ >= kWaitingBytes);
    if (stopped_ || isFull) return answer(Error{ErrorCode::Capacity, "the server is busy: try again later", {}});
    const bool mayRepeat = !request.plain.method.starts_with('P');
    Job job{serialize(request), mayRepeat, std::move(answer)};
    if (busy_.size() < kLinks) return begin(std::move(job));
    waitingBytes_ += job.bytes.size();
    waiting_.push_back(std::move(job));
}

void Upstream::begin(Job job) {
    std::shared_ptr<Link> link;
    if (idle_.empty()) {
        link = std::make_shared<Link>(*this);
    } else {
        link = std::move(idle_.back());
        idle_.pop_back();
    }
    busy_.insert(link);
    link->run(std::move(job));
}

void Upstream::finished(const std::shared_ptr<Link>& link, bool reusable) {
    busy_.erase(link);
    std::erase(idle_, link);
    if (stopped_ || !reusable) {
        link->close();
    } else {
        idle_.push_back(link);
        link->rest();
    }
    if (stopped_ || waiting_.empty() || busy_.size() >= kLinks) return;
    Job job = std::move(waiting_.front());
    waiting_.pop_front();
    waitingBytes_ -= job.bytes.size();
    begin(std::move(job));
}

void Upstream::stop() {
    stopped_ = true;
    const Error stopping{ErrorCode::Capacity, "the server is stopping", {}};
    for (const auto& link : std::exchange(idle_, {})) link->close();
    for (const auto& link : std::exchange(busy_, {})) link->fail(stopping);
    for (auto& job : std::exchange(waiting_, {})) job.answer(stopping);
}

}  // namespace tessera
