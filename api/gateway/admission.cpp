#include "api/gateway/admission.h"

#include <algorithm>

namespace tessera {

namespace ip = boost::asio::ip;

ip::address withoutMapping(const ip::address& address) {
    if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
    return ip::make_address_v4(ip::v4_mapped, address.to_v6());
}

Admission::Key Admission::keyOf(const ip::address& address) {
    const auto plain = withoutMapping(address);
    Key key{};
    if (plain.is_v4()) {
        const auto bytes = ip::make_address_v6(ip::v4_mapped, plain.to_v4()).to_bytes();
        std::copy(bytes.begin(), bytes.end(), key.begin());
    } else if (plain.is_loopback()) {
        key.back() = 1;
    } else {
        const auto bytes = plain.to_v6().to_bytes();
        std::copy_n(bytes.begin(), 8, key.begin());
    }
    return key;
}

Admission::Verdict Admission::enter(const ip::address& address) {
    if (open_ >= connections_) return Verdict::ServerFull;
    // A front proxy has all of its clients' connections.
    const int limit =
        withoutMapping(address).is_loopback() ? std::max(perAddress_, connections_ - connections_ / 8) : perAddress_;
    int& count = counts_[keyOf(address)];
    if (count >= limit) return Verdict::AddressFull;
    ++count;
    ++open_;
    return Verdict::Admitted;
}

void Admission::leave(const ip::address& address) {
    const auto found = counts_.find(keyOf(address));
    if (found == counts_.end()) return;
    --open_;
    if (--found->second == 0) counts_.erase(found);
}

}  // namespace tessera
