#pragma once

#include <arpa/inet.h>
#include <boost/test/unit_test.hpp>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace tessera::test {

/// A connection to an HTTP server on the loopback.
class LoopbackClient {
public:
    explicit LoopbackClient(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        BOOST_REQUIRE(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    }
    ~LoopbackClient() { ::close(socket_); }
    LoopbackClient(const LoopbackClient&) = delete;
    LoopbackClient& operator=(const LoopbackClient&) = delete;

    void send(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;  // refused in the middle: the answer says why
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }
    /// One whole reply, its body included, or what came within five seconds.
    std::string receive() {
        pollfd waiting{socket_, POLLIN, 0};
        while (!isWhole() && ::poll(&waiting, 1, 5000) == 1) {
            char bytes[4096];
            const auto got = ::recv(socket_, bytes, sizeof bytes, 0);
            if (got <= 0) break;
            received_.append(bytes, static_cast<std::size_t>(got));
        }
        return std::exchange(received_, {});
    }

private:
    bool isWhole() const {
        const auto head = received_.find("\r\n\r\n");
        const auto length = received_.find("Content-Length: ");
        if (head == std::string::npos || length > head) return false;
        return received_.size() >= head + 4 + std::stoul(received_.substr(length + 16));
    }
    int socket_;
    std::string received_;
};

}  // namespace tessera::test
