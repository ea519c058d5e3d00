#include "api/gateway/connection.h"

#include <algorithm>
#include <array>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>

#include "api/gateway/admission.h"

namespace tessera {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

/// Room for the head of a browser's request, which then takes one read; kept while the client is idle.
constexpr std::size_t kUsualHead = 2048;
constexpr std::size_t kLeastRead = 512;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

Problem tooLarge(int status, const std::string& what, std::size_t limit) {
    return {status, "payload_too_large", what + " may have " + std::to_string(limit) + " bytes", {}};
}

}  // namespace

Connection::Connection(asio::ip::tcp::socket socket, Setup setup)
    : limits_(setup.limits),
      counters_(setup.counters),
      stream_(std::move(socket)),
      service_(std::move(setup.service)),
      ended_(std::move(setup.ended)) {}

void Connection::start() {
    Error unknown;
    const auto peer = stream_.socket().remote_endpoint(unknown);
    if (unknown) return close();
    peer_ = withoutMapping(peer.address()).to_string();
    stream_.setDeadline(limits_.headerTime, shared_from_this());
    awaitRequest();
}

void Connection::refuse(const HttpResponse& response) {
    isIdle_ = false;
    isFinishing_ = true;
    write(Reply(response));
}

void Connection::finish() {
    isFinishing_ = true;
    if (isIdle_ || isStreaming_) return close();
    if (auto forget = std::exchange(forget_, nullptr)) {
        forget();
        answer(Reply(overloaded()));
    }
}

void Connection::abort() {
    close();
}

void Connection::awaitRequest() {
    if (stream_.buffer().size() > 0) return readHead();
    if (stream_.buffer().capacity() > kUsualHead) stream_.buffer().shrink_to_fit();
    isIdle_ = true;
    if (asked_ > 0) stream_.setDeadline(limits_.idleTime, shared_from_this());
    stream_.socket().async_wait(asio::ip::tcp::socket::wait_read, [self = shared_from_this()](Error error) {
        if (error) return self->close();
        self->readHead();
    });
}

void Connection::readHead() {
    if (isClosed_) return;
    isIdle_ = false;
    stream_.buffer().reserve(kUsualHead);
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(limits_.headerBytes));
    parser_->body_limit(limits_.bodyBytes);
    stream_.setDeadline(limits_.headerTime, shared_from_this());
    headBytes_ = 0;
    parseHead();
}

/// Takes what has come and reads on. The parser's own limit is for what it has not understood yet: headers that come in
/// pieces it takes without end.
void Connection::parseHead() {
    Error error;
    const auto used = parser_->put(stream_.buffer().data(), error);
    stream_.buffer().consume(used);
    headBytes_ += used;
    if (error == http::error::need_more) error = {};
    if (error || parser_->is_header_done()) return onHead(error);
    if (headBytes_ + stream_.buffer().size() >= limits_.headerBytes) return onHead(http::error::header_limit);
    const auto room = stream_.buffer().capacity() - stream_.buffer().size();
    stream_.socket().async_read_some(stream_.buffer().prepare(std::max(room, kLeastRead)),
                                     [self = shared_from_this()](Error failed, std::size_t size) {
                                         if (self->isClosed_) return;
                                         const auto end = self->parser_->got_some() ? http::error::partial_message
                                                                                    : http::error::end_of_stream;
                                         if (failed)
                                             return self->onHead(failed == asio::error::eof ? Error(end) : failed);
                                         self->stream_.buffer().commit(size);
                                         self->parseHead();
                                     });
}

void Connection::onHead(Error error) {
    if (isClosed_) return;
    request_ = ClientRequest();
    if (error) return refuseRequest(error);
    stream_.clearDeadline();
    counters_.requests.add();
    ++asked_;
    const auto problem = readRequestHead(parser_->get(), request_);
    if (problem) {
        isFinishing_ = true;
        return write(Reply(*problem));
    }
    request_.plain.peer = peer_;
    request_.keepAlive =
        parser_->get().keep_alive() && asked_ < static_cast<std::uint64_t>(limits_.requestsPerConnection);
    if (parser_->is_done()) return serve();
    if (!request_.expectsContinue) return readBody();
    stream_.setDeadline(limits_.writeTime, shared_from_this());
    asio::async_write(stream_.socket(), asio::buffer(kContinue),
                      [self = shared_from_this()](Error failed, std::size_t) {
                          if (failed) return self->close();
                          self->readBody();
                      });
}

void Connection::readBody() {
    stream_.setDeadline(limits_.bodyTime, shared_from_this());
    http::async_read(stream_.socket(), stream_.buffer(), *parser_,
                     [self = shared_from_this()](Error error, std::size_t) { self->onBody(error); });
}

void Connection::onBody(Error error) {
    if (isClosed_) return;
    if (error) return refuseRequest(error);
    stream_.clearDeadline();
    request_.plain.body = std::move(parser_->get().body());
    serve();
}

/// Answers what could not be read; what follows on this connection cannot be understood.
void Connection::refuseRequest(Error error) {
    const bool isLate = error == asio::error::operation_aborted && stream_.isLate();
    if (isLate && !parser_->got_some()) return close();
    isFinishing_ = true;
    if (isLate) return write(Reply(Problem{408, "timeout", "the request did not arrive in time", {}}));
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
        const bool isTarget = parser_->get().target().empty();  // the request line did not end
        return write(Reply(isTarget ? tooLarge(414, "a request's address", limits_.headerBytes)
                                    : tooLarge(431, "a request's headers together", limits_.headerBytes)));
    }
    if (error == http::error::body_limit) return write(Reply(tooLarge(413, "a request's body", limits_.bodyBytes)));
    const bool isGone = error == http::error::end_of_stream || error == http::error::partial_message ||
                        error.category() != http::make_error_code(http::error::bad_method).category();
    if (isGone) return close();
    write(Reply(Problem{400, "invalid_argument", "this is not valid HTTP/1.1", {}}));
}

void Connection::serve() {
    parser_.reset();
    isWaiting_ = true;
    auto forget = service_(request_, [weak = weak_from_this(), mine = asked_](Reply reply) {
        const auto self = weak.lock();
        if (self && mine == self->asked_) self->answer(std::move(reply));
    });
    if (!isWaiting_ || !forget) return;
    forget_ = std::move(forget);
    watchClient();
}

/// Notices that the client goes while its request waits; a client that sends on is taken for present.
void Connection::watchClient() {
    stream_.socket().async_wait(asio::ip::tcp::socket::wait_read, [self = shared_from_this(),
                                                                   mine = asked_](Error error) {
        const bool isWatching = (self->isWaiting_ || self->isStreaming_) && mine == self->asked_ && !self->isClosed_;
        if (isWatching && (error || self->stream_.hasVanished())) self->close();
    });
}

void Connection::answer(Reply reply) {
    if (!isWaiting_ || isClosed_) return;
    forget_ = nullptr;
    write(std::move(reply));
}

void Connection::write(Reply reply) {
    isWaiting_ = false;
    reply_ = std::move(reply);
    counters_.count(reply_.head.status);
    const auto size = reply_.body ? reply_.body->remaining() : reply_.head.body.size();
    isStreaming_ = size == BodySource::kUnbounded && !request_.isHead();
    request_.keepAlive = request_.keepAlive && !isFinishing_ && size != BodySource::kUnbounded;
    head_ = serializeHead(reply_.head, size, request_.keepAlive);
    if (request_.isHead() || reply_.head.status == 304) {
        reply_.body.reset();
    } else if (!reply_.body && size <= kPieceBytes) {
        head_ += reply_.head.body;
    } else if (!reply_.body) {
        reply_.body = std::make_unique<MemoryBody>(std::make_shared<std::string>(std::move(reply_.head.body)));
    }
    if (reply_.body && reply_.body->isAtHand() && reply_.body->remaining() > 0) {
        return reply_.body->next([this](std::string_view bytes) { writeBytes(head_, bytes); });
    }
    writeBytes(head_);
    if (isStreaming_) watchClient();
}

void Connection::writeBytes(std::string_view first, std::string_view second) {
    stream_.setDeadline(limits_.writeTime, shared_from_this());
    const std::array<asio::const_buffer, 2> buffers{asio::buffer(first.data(), first.size()),
                                                    asio::buffer(second.data(), second.size())};
    asio::async_write(stream_.socket(), buffers,
                      [self = shared_from_this()](Error error, std::size_t) { self->onWritten(error); });
}

void Connection::onWritten(Error error) {
    if (isClosed_) return;
    if (error) return close();
    stream_.clearDeadline();
    if (!reply_.body || reply_.body->remaining() == 0) return replied();
    reply_.body->next([weak = weak_from_this()](std::string_view bytes) {
        const auto self = weak.lock();
        if (!self || self->isClosed_) return;
        if (bytes.empty()) return self->close();
        self->writeBytes(bytes);
    });
}

void Connection::replied() {
    reply_ = Reply();
    if (request_.keepAlive && !isFinishing_) return awaitRequest();
    stream_.linger(shared_from_this(), [self = shared_from_this()] { self->close(); });
}

void Connection::close() {
    if (std::exchange(isClosed_, true)) return;
    if (auto forget = std::exchange(forget_, nullptr)) forget();
    stream_.close();
    ended_(shared_from_this());
}

}  // namespace tessera
