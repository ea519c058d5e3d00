#pragma once

#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

#include "mcu/base/check.h"
#include "mcu/base/sync.h"

namespace tessera::test {

/// A path between a client and a peer on loopback that can lose datagrams, or all of them. Each side sees only the
/// link's addresses.
class UdpLink {
public:
    UdpLink() : thread_("udp-link", [this] { run(); }) {}
    ~UdpLink() {
        isOver_ = true;
        thread_.join();
        for (const int socket : sockets_) close(socket);
    }

    /// The offer without its candidates: the peer learns the client from its checks.
    static std::string withoutCandidates(const std::string& sdp) { return editCandidates(sdp, {}); }
    /// The answer with the link in place of the peer.
    std::string through(const std::string& answer) {
        const auto line = answer.find(" typ host");
        const auto space = answer.rfind(' ', line - 1);
        peerPort_ = static_cast<std::uint16_t>(std::stoi(answer.substr(space + 1, line - space - 1)));
        return editCandidates(answer, "a=candidate:1 1 udp 2130706431 127.0.0.1 " +
                                          std::to_string(portOf(sockets_[0])) + " typ host\r\n");
    }

    void block(bool isBlocked) { isBlocked_ = isBlocked; }
    /// Loses every n-th datagram that is RTP or RTCP; 0 = none.
    void loseEvery(int n) { loseEvery_ = n; }

private:
    static int open() {
        const int made = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        const sockaddr_in any = addressOf(0);
        TESSERA_CHECK(bind(made, reinterpret_cast<const sockaddr*>(&any), sizeof any) == 0);
        return made;
    }
    static sockaddr_in addressOf(std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        return address;
    }
    static std::uint16_t portOf(int socket) {
        sockaddr_in address{};
        socklen_t length = sizeof address;
        getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length);
        return ntohs(address.sin_port);
    }
    static std::string editCandidates(const std::string& sdp, const std::string& replacement) {
        std::string result;
        bool isReplaced = false;
        for (std::size_t at = 0; at < sdp.size();) {
            const auto end = std::min(sdp.find('\n', at), sdp.size() - 1) + 1;
            const auto line = sdp.substr(at, end - at);
            at = end;
            if (!line.starts_with("a=candidate:")) {
                result += line;
            } else if (!std::exchange(isReplaced, true)) {
                result += replacement;
            }
        }
        return result;
    }

    void run() {
        std::array<pollfd, 2> polled{pollfd{sockets_[0], POLLIN, 0}, pollfd{sockets_[1], POLLIN, 0}};
        while (!isOver_) {
            if (poll(polled.data(), polled.size(), 50) <= 0) continue;
            for (std::size_t side = 0; side < 2; ++side) {
                if ((polled[side].revents & POLLIN) != 0) forward(side);
            }
        }
    }
    void forward(std::size_t side) {
        std::array<char, 2048> bytes{};
        sockaddr_in from{};
        socklen_t length = sizeof from;
        const auto size =
            recvfrom(sockets_[side], bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
        if (size <= 0) return;
        if (side == 0) clientPort_ = ntohs(from.sin_port);
        const bool isMedia = (static_cast<unsigned char>(bytes[0]) & 0xc0U) == 0x80U;
        const int loss = loseEvery_;
        if (isBlocked_ || (isMedia && loss > 0 && ++media_ % loss == 0)) return;
        const auto to = addressOf(side == 0 ? peerPort_.load() : clientPort_);
        sendto(sockets_[1 - side], bytes.data(), static_cast<std::size_t>(size), 0,
               reinterpret_cast<const sockaddr*>(&to), sizeof to);
    }

    std::array<int, 2> sockets_{open(), open()};  ///< facing the client, facing the peer
    std::atomic<std::uint16_t> peerPort_{0};
    std::uint16_t clientPort_ = 0;
    int media_ = 0;
    std::atomic<bool> isOver_{false}, isBlocked_{false};
    std::atomic<int> loseEvery_{0};
    Thread thread_;
};

}  // namespace tessera::test
