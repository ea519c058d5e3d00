#include "pipelines/datagram/datagram_socket.h"

#include <boost/test/unit_test.hpp>
#include <netinet/in.h>
#include <sys/socket.h>

#include "pipelines/ingest/network/datagram_reader.h"
#include "pipelines/webrtc/rtp/rtp_packet.h"

namespace tessera {
namespace {

constexpr Duration kLong = std::chrono::seconds(5);

/// A port of the loopback that nobody uses now.
std::uint16_t freePort() {
    const Descriptor probe(socket(AF_INET, SOCK_DGRAM, 0));
    sockaddr_in local{};
    local.sin_family = AF_INET;
    local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof local;
    BOOST_REQUIRE(bind(probe.get(), reinterpret_cast<const sockaddr*>(&local), size) == 0);
    BOOST_REQUIRE(getsockname(probe.get(), reinterpret_cast<sockaddr*>(&local), &size) == 0);
    return ntohs(local.sin_port);
}

struct Fixture {
    Fixture() { interrupt.allow(kLong); }
    DatagramSocket receiving(const std::string& from = {}) const {
        auto socket = DatagramSocket::receivingAt({place, {}, IpAddress::parse(from)});
        BOOST_REQUIRE(socket.ok());
        return std::move(socket).value();
    }
    void send(const std::vector<std::uint8_t>& bytes, const std::string& interface = {}) {
        auto socket = DatagramSocket::sendingTo({place, interface});
        BOOST_REQUIRE(socket.ok());
        BOOST_REQUIRE(socket->send(bytes, interrupt).ok());
    }
    void sendRtp(std::uint16_t sequence, std::uint8_t byte, std::uint32_t ssrc = 7) {
        const std::vector<std::uint8_t> payload{byte};
        send(plainRtp({.payloadType = 33, .sequence = sequence, .ssrc = ssrc}, payload));
    }
    std::vector<std::uint8_t> read(ByteSource& source, std::size_t count) {
        std::vector<std::uint8_t> all;
        std::array<std::uint8_t, 16> some{};
        while (all.size() < count) {
            const auto size = source.read(some, interrupt);
            BOOST_REQUIRE(size > 0U);
            all.insert(all.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(size));
        }
        return all;
    }

    SteadyClock clock;
    Interrupt interrupt{clock};
    UdpEndpoint place{*IpAddress::parse("127.0.0.1"), freePort()};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(datagram_socket, Fixture)

BOOST_AUTO_TEST_CASE(interfaces_have_names_and_addresses) {
    for (const char* text : {"lo", "eth0.100", "127.0.0.1", "fe80::1"}) BOOST_TEST(namesInterface(text), text);
    for (const char* text : {"", "a/b", "eth0%1", "two words", "a-name-that-is-too-long"}) {
        BOOST_TEST(!namesInterface(text), text);
    }
    const auto loopback = findInterface("127.0.0.1", false);
    BOOST_REQUIRE(loopback.ok());
    const auto byName = findInterface("lo", false);
    BOOST_REQUIRE(byName.ok());
    BOOST_TEST(byName->index == loopback->index);
    BOOST_TEST(byName->address.toString() == "127.0.0.1");
    BOOST_TEST(findInterface("", true)->index == 0U);
    BOOST_TEST((findInterface("nowhere0", false).error().code == ErrorCode::Unreachable));
    BOOST_TEST((findInterface("192.0.2.200", false).error().code == ErrorCode::Unreachable));
}

BOOST_AUTO_TEST_CASE(the_only_sender_that_is_heard) {
    std::array<std::uint8_t, 16> into{};
    auto socket = receiving("127.0.0.2");
    send({1}, "127.0.0.1");
    send({2}, "127.0.0.2");
    std::optional<std::size_t> size;
    for (int i = 0; i < 5 && !size; ++i) size = socket.receive(into, kLong);
    BOOST_TEST(size.value_or(0) == 1U);
    BOOST_TEST(into[0] == 2);
    BOOST_TEST(!socket.receive(into, Duration(0)));
}

BOOST_AUTO_TEST_CASE(a_port_that_is_taken_is_told) {
    const auto first = receiving();
    const auto second = DatagramSocket::receivingAt({place, {}, {}});
    BOOST_REQUIRE(!second.ok());
    BOOST_TEST((second.error().code == ErrorCode::Unreachable));
}

BOOST_AUTO_TEST_CASE(datagrams_are_read_as_one_stream) {
    const auto source = readDatagrams(receiving(), false);
    for (std::uint8_t i = 0; i < 3; ++i) send(std::vector<std::uint8_t>(20, i));
    const auto all = read(*source, 60);
    BOOST_TEST(all.front() == 0);
    BOOST_TEST(all[20] == 1);
    BOOST_TEST(all.back() == 2);
}

BOOST_AUTO_TEST_CASE(rtp_is_put_in_order_a_gap_is_waited_for_and_a_new_sender_begins_anew) {
    const auto source = readDatagrams(receiving(), true);
    send({0x80});  // no RTP packet
    sendRtp(65'535, 1);
    sendRtp(1, 3);
    sendRtp(0, 2);
    sendRtp(0, 2);
    sendRtp(3, 5);  // 2 is lost
    sendRtp(40'000, 6, 8);
    const std::vector<std::uint8_t> expected{1, 2, 3};
    BOOST_TEST(read(*source, 3) == expected, boost::test_tools::per_element());
    BOOST_TEST(read(*source, 1).back() == 6);
    sendRtp(40'002, 8, 8);
    BOOST_TEST(read(*source, 1).back() == 8);  // after 100 ms
}

BOOST_AUTO_TEST_CASE(a_reader_ends_when_its_time_is_over) {
    const auto source = readDatagrams(receiving(), false);
    interrupt.allow(std::chrono::milliseconds(1));
    std::array<std::uint8_t, 16> into{};
    BOOST_TEST(source->read(into, interrupt) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
