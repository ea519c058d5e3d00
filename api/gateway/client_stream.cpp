#include "api/gateway/client_stream.h"

#include <sys/socket.h>

namespace tessera {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// Long enough for a reply to cross the world, short enough to cost nothing.
constexpr auto kLingerTime = std::chrono::seconds(2);
constexpr std::size_t kLingerBytes = 4U << 20U;
/// What the kernel holds of a reply beyond what is on its way: a reader that stops costs no more than this.
constexpr int kUnsentBytes = 128 * 1024;

}  // namespace

ClientStream::ClientStream(Tcp::socket socket) : socket_(std::move(socket)), timer_(socket_.get_executor()) {
    error_code ignored;
    socket_.set_option(Tcp::no_delay(true), ignored);
    ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsentBytes, sizeof kUnsentBytes);
}

void ClientStream::setDeadline(std::chrono::milliseconds time, std::shared_ptr<void> owner) {
    late_ = false;
    deadline_ = clock_.now() + time;
    // Deadlines come and go several times in a request, nearly always later ones: the timer is left as it is.
    if (!armedFor_ || *deadline_ < *armedFor_) arm(std::move(owner));
}

void ClientStream::arm(std::shared_ptr<void> owner) {
    armedFor_ = deadline_;
    timer_.expires_after(*deadline_ - clock_.now());
    timer_.async_wait([this, owner = std::move(owner), mine = ++arms_](error_code error) mutable {
        if (error || mine != arms_) return;
        armedFor_.reset();
        if (!deadline_) return;
        if (clock_.now() < *deadline_) return arm(std::move(owner));
        deadline_.reset();
        late_ = true;
        error_code ignored;
        socket_.cancel(ignored);
    });
}

bool ClientStream::hasVanished() {
    char byte = 0;
    const auto got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
}

void ClientStream::linger(std::shared_ptr<void> owner, std::function<void()> done) {
    error_code ignored;
    socket_.shutdown(Tcp::socket::shutdown_send, ignored);
    buffer_.clear();
    setDeadline(kLingerTime, owner);
    drain(std::move(owner), kLingerBytes, std::move(done));
}

void ClientStream::drain(std::shared_ptr<void> owner, std::size_t left, std::function<void()> done) {
    buffer_.clear();
    const auto room = buffer_.prepare(16 * 1024);
    socket_.async_read_some(room,
                            [this, owner, left, done = std::move(done)](error_code error, std::size_t got) mutable {
                                if (!error && got < left) return drain(std::move(owner), left - got, std::move(done));
                                close();
                                done();
                            });
}

void ClientStream::close() {
    clearDeadline();
    armedFor_.reset();
    ++arms_;
    timer_.cancel();
    error_code ignored;
    socket_.close(ignored);
}

}  // namespace tessera
