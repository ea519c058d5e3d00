#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "mcu/base/time.h"

namespace tessera {

/// A client's socket with one deadline. When it passes, what is under way ends with operation_aborted and `isLate` says
/// why.
/// @thread the gateway's
class ClientStream {
public:
    using Tcp = boost::asio::ip::tcp;

    explicit ClientStream(Tcp::socket socket);

    Tcp::socket& socket() { return socket_; }
    boost::beast::flat_buffer& buffer() { return buffer_; }

    /// The deadline of what begins now, in place of the one before.
    /// @param owner  kept alive meanwhile
    void setDeadline(std::chrono::milliseconds time, std::shared_ptr<void> owner);
    void clearDeadline() { deadline_.reset(); }
    bool isLate() const { return late_; }

    /// Whether the other end has closed or reset the connection, as far as can be seen without reading.
    bool hasVanished();

    /// Reads into nothing for a moment, so that what the client still sends does not reset the connection before it has
    /// read the reply; then closes. @source RFC 9112 section 9.6
    void linger(std::shared_ptr<void> owner, std::function<void()> done);
    void close();

private:
    void arm(std::shared_ptr<void> owner);
    void drain(std::shared_ptr<void> owner, std::size_t left, std::function<void()> done);

    Tcp::socket socket_;
    boost::asio::steady_timer timer_;
    boost::beast::flat_buffer buffer_;
    SteadyClock clock_;
    std::optional<MonotonicTime> deadline_;
    std::optional<MonotonicTime> armedFor_;  ///< when the timer looks whether the deadline has passed
    std::uint64_t arms_ = 0;
    bool late_ = false;
};

}  // namespace tessera
