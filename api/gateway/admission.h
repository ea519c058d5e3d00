#pragma once

#include <array>
#include <boost/asio/ip/address.hpp>
#include <map>

namespace tessera {

/// Counts connections, in total and per address, so that nobody takes them all. An IPv6 network of 64 bits counts as
/// one address, since one machine has all of it.
/// @source RFC 6177 section 2 (sites get at least a /64)
class Admission {
public:
    enum class Verdict { Admitted, AddressFull, ServerFull };

    Admission(int connections, int perAddress) : connections_(connections), perAddress_(perAddress) {}

    /// Counts one more when it says Admitted; each of those is given back by `leave`.
    Verdict enter(const boost::asio::ip::address& address);
    void leave(const boost::asio::ip::address& address);
    int open() const { return open_; }

private:
    using Key = std::array<unsigned char, 16>;
    static Key keyOf(const boost::asio::ip::address& address);

    int connections_, perAddress_;
    int open_ = 0;
    std::map<Key, int> counts_;
};

/// "192.0.2.1" for ::ffff:192.0.2.1 too.
boost::asio::ip::address withoutMapping(const boost::asio::ip::address& address);

}  // namespace tessera
