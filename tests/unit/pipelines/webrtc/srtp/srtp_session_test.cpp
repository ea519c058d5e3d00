#include "pipelines/webrtc/srtp/srtp_session.h"

#include <algorithm>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <numeric>
#include <random>

#include "libsrtp_session.h"
#include "pipelines/webrtc/rtp/byte_io.h"
#include "pipelines/webrtc/srtp/replay_window.h"

namespace tessera {

std::ostream& operator<<(std::ostream& out, SrtpProfile profile) {
    return out << (profile == SrtpProfile::AeadAes128Gcm ? "AES-GCM" : "AES-CM");
}

namespace {

namespace data = boost::unit_test::data;

using Packet = std::vector<std::uint8_t>;
constexpr SrtpProfile kProfiles[] = {SrtpProfile::AeadAes128Gcm, SrtpProfile::Aes128CmSha1_80};

Packet randomBytes(std::mt19937& random, std::size_t count) {
    Packet bytes(count);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    return bytes;
}

SrtpKeys keysFor(SrtpProfile profile) {
    std::mt19937 random(7);
    const auto length = srtpKeyLength(profile) + srtpSaltLength(profile);
    return {profile, randomBytes(random, length), randomBytes(random, length)};
}

std::unique_ptr<SrtpSession> sessionOf(const SrtpKeys& keys) {
    auto session = SrtpSession::create(keys);
    BOOST_REQUIRE(session.ok());
    return *std::move(session);
}

/// Ours and libsrtp's session at the two ends of one connection.
struct Ends {
    explicit Ends(SrtpProfile profile)
        : keys(keysFor(profile)), ours(sessionOf(keys)), theirs({profile, keys.remote, keys.local}) {}
    SrtpKeys keys;
    std::unique_ptr<SrtpSession> ours;
    test::LibSrtpSession theirs;
};

/// @param first  0x80: plain; 0x90: with an extension of one word; 0x82: with two contributing sources
Packet rtp(std::uint32_t sequence, std::size_t payload, std::uint8_t first = 0x80) {
    const Packet sources(8, 3), extension{0xbe, 0xde, 0, 1, 0x10, 7, 0, 0};
    std::mt19937 random(sequence);
    Packet packet;
    ByteWriter writer(packet);
    writer.u8(first);
    writer.u8(96);
    writer.u16(sequence);
    writer.u32(1000);
    writer.u32(9);
    if (first == 0x82) writer.bytes(sources);
    if (first == 0x90) writer.bytes(extension);
    writer.bytes(randomBytes(random, payload));
    return packet;
}

Packet toVector(std::span<const std::uint8_t> bytes) {
    return {bytes.begin(), bytes.end()};
}

void checkRtpBothWays(Ends& ends, const Packet& plain) {
    Packet packet = plain;
    BOOST_REQUIRE(ends.ours->protectRtp(packet));
    BOOST_TEST((ends.theirs.unprotectRtp(packet) == plain));
    packet = plain;
    BOOST_REQUIRE(ends.theirs.protectRtp(packet));
    BOOST_TEST((toVector(ends.ours->unprotectRtp(packet)) == plain));
}

const Packet kReport{0x80, 201, 0, 1, 0, 0, 0, 9, 1, 2, 3, 4};

}  // namespace

BOOST_AUTO_TEST_SUITE(srtp_session)

BOOST_DATA_TEST_CASE(rtp_of_every_shape_is_what_libsrtp_understands_and_sends, data::make(kProfiles), profile) {
    Ends ends(profile);
    std::uint32_t sequence = 65000;  // the number goes round
    for (const std::size_t payload : {0U, 1U, 15U, 16U, 17U, 160U, 1200U}) {
        for (const std::uint8_t first : {0x80, 0x82, 0x90}) {
            for (int i = 0; i < 60; ++i) checkRtpBothWays(ends, rtp(sequence++ & 0xffffU, payload, first));
        }
    }
}

BOOST_DATA_TEST_CASE(rtcp_is_what_libsrtp_understands_and_sends, data::make(kProfiles), profile) {
    Ends ends(profile);
    for (int i = 0; i < 300; ++i) {
        Packet packet = kReport;
        BOOST_REQUIRE(ends.ours->protectRtcp(packet));
        BOOST_TEST((ends.theirs.unprotectRtcp(packet) == kReport));
        packet = kReport;
        BOOST_REQUIRE(ends.theirs.protectRtcp(packet));
        BOOST_TEST((toVector(ends.ours->unprotectRtcp(packet)) == kReport));
    }
}

BOOST_DATA_TEST_CASE(packets_out_of_order_around_a_new_round_are_understood, data::make(kProfiles), profile) {
    Ends ends(profile);
    constexpr std::uint32_t kFirst = 65300, kEnd = 66300, kReach = 50;
    std::vector<Packet> sent;
    for (std::uint32_t i = kFirst; i < kEnd; ++i) {
        sent.push_back(rtp(i & 0xffffU, 40));
        BOOST_REQUIRE(ends.theirs.protectRtp(sent.back()));
    }
    std::mt19937 random(1);
    std::vector<std::uint32_t> order(sent.size());
    std::iota(order.begin(), order.end(), 0U);
    for (auto at = order.begin(); at != order.end(); at += kReach) std::shuffle(at, at + kReach, random);
    for (const std::uint32_t i : order) {
        BOOST_TEST((toVector(ends.ours->unprotectRtp(sent[i])) == rtp((kFirst + i) & 0xffffU, 40)));
    }
}

BOOST_DATA_TEST_CASE(a_retransmission_is_the_same_packet_again, data::make(kProfiles), profile) {
    Ends ends(profile);
    Packet first = rtp(65535, 100);
    BOOST_REQUIRE(ends.ours->protectRtp(first));
    for (std::uint32_t i = 0; i < 200; ++i) {
        Packet between = rtp(i, 10);
        BOOST_REQUIRE(ends.ours->protectRtp(between));
    }
    Packet again = rtp(65535, 100);
    BOOST_REQUIRE(ends.ours->protectRtp(again));
    BOOST_TEST((again == first));
}

BOOST_DATA_TEST_CASE(what_comes_again_is_refused, data::make(kProfiles), profile) {
    Ends ends(profile);
    Packet packet = rtp(5, 100), report = kReport;
    BOOST_REQUIRE(ends.theirs.protectRtp(packet));
    BOOST_REQUIRE(ends.theirs.protectRtcp(report));
    Packet copy = packet, reportCopy = report;
    BOOST_TEST(!ends.ours->unprotectRtp(packet).empty());
    BOOST_TEST(ends.ours->unprotectRtp(copy).empty());
    BOOST_TEST(!ends.ours->unprotectRtcp(report).empty());
    BOOST_TEST(ends.ours->unprotectRtcp(reportCopy).empty());
}

BOOST_DATA_TEST_CASE(a_changed_bit_anywhere_is_refused, data::make(kProfiles), profile) {
    Ends ends(profile);
    Packet packet = rtp(5, 30, 0x90), report = kReport;
    BOOST_REQUIRE(ends.theirs.protectRtp(packet));
    BOOST_REQUIRE(ends.theirs.protectRtcp(report));
    for (std::size_t i = 0; i < packet.size(); ++i) {
        Packet forged = packet;
        forged[i] ^= 1;
        BOOST_TEST(ends.ours->unprotectRtp(forged).empty());
    }
    for (std::size_t i = 0; i < report.size(); ++i) {
        Packet forged = report;
        forged[i] ^= 0x80;
        BOOST_TEST(ends.ours->unprotectRtcp(forged).empty());
    }
    // A forgery leaves no trace: the packets themselves still come through.
    BOOST_TEST(!ends.ours->unprotectRtp(packet).empty());
    BOOST_TEST(!ends.ours->unprotectRtcp(report).empty());
}

BOOST_DATA_TEST_CASE(what_is_cut_short_is_refused, data::make(kProfiles), profile) {
    Ends ends(profile);
    Packet packet = rtp(5, 30, 0x90), report = kReport;
    BOOST_REQUIRE(ends.theirs.protectRtp(packet));
    BOOST_REQUIRE(ends.theirs.protectRtcp(report));
    for (std::size_t length = 0; length < packet.size(); ++length) {
        Packet cut(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(length));
        BOOST_TEST(ends.ours->unprotectRtp(cut).empty());
    }
    for (std::size_t length = 0; length < report.size(); ++length) {
        Packet cut(report.begin(), report.begin() + static_cast<std::ptrdiff_t>(length));
        BOOST_TEST(ends.ours->unprotectRtcp(cut).empty());
    }
}

BOOST_DATA_TEST_CASE(streams_beyond_the_most_that_are_kept_are_refused, data::make(kProfiles), profile) {
    Ends ends(profile);
    const auto reportOf = [](std::size_t ssrc) {
        Packet report = kReport;
        report[6] = static_cast<std::uint8_t>(ssrc >> 8U);
        report[7] = static_cast<std::uint8_t>(ssrc);
        return report;
    };
    for (std::size_t i = 0; i < SrtpSession::kMaxStreams + 2; ++i) {
        Packet report = reportOf(i);
        BOOST_REQUIRE(ends.theirs.protectRtcp(report));
        BOOST_TEST(ends.ours->unprotectRtcp(report).empty() == (i >= SrtpSession::kMaxStreams));
    }
}

BOOST_AUTO_TEST_CASE(keys_of_a_wrong_length_are_refused) {
    for (const auto profile : kProfiles) {
        BOOST_TEST(!SrtpSession::create({profile, Packet(27), Packet(28)}).ok());
    }
}

BOOST_AUTO_TEST_CASE(the_window_knows_what_it_has_seen_and_forgets_the_old) {
    ReplayWindow<64> window;
    BOOST_TEST(window.isNew(0));
    window.accept(100);
    BOOST_TEST(!window.isNew(100));
    BOOST_TEST(window.isNew(37));
    BOOST_TEST(!window.isNew(36));
    window.accept(37);
    BOOST_TEST(!window.isNew(37));
    window.accept(101);
    BOOST_TEST(!window.isNew(100));
    BOOST_TEST(window.isNew(99));
    window.accept(100000);
    BOOST_TEST(!window.isNew(101));
    BOOST_TEST(window.isNew(99999));
}

BOOST_AUTO_TEST_CASE(the_window_extends_numbers_over_rounds) {
    ReplayWindow<64> window;
    BOOST_TEST(window.estimate(40000) == 40000U);  // nothing is before the first round
    window.accept(65530);
    BOOST_TEST(window.estimate(5) == 65541U);
    window.accept(65541);
    BOOST_TEST(window.estimate(65531) == 65531U);
    BOOST_TEST(window.estimate(6) == 65542U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
