#include <boost/test/unit_test.hpp>

#include "pipelines/outputs/network_target.h"
#include "pipelines/outputs/output_catalog.h"

namespace tessera {
namespace {

using Given = std::vector<std::pair<std::string, ParamValue>>;

Result<std::unique_ptr<Output>> create(std::string_view kind, const Given& given) {
    const auto row = findOutput(kind);
    BOOST_REQUIRE(row.ok());
    Params params;
    for (const auto& [name, value] : given) params.set(name, value);
    auto complete = completeParams((*row)->params, params);
    if (!complete) return complete.error();
    OutputRequest request{.kind = std::string(kind), .params = std::move(complete).value()};
    request.video = VideoEncodeSpec{};
    request.audio = (*row)->traits({}).audio;
    return (*row)->create(request);
}

/// The parameter that is refused; empty when none is.
std::string fieldAtFault(std::string_view kind, const Given& given) {
    const auto output = create(kind, given);
    if (output.ok()) return {};
    BOOST_TEST((output.error().code == ErrorCode::InvalidArgument));
    return output.error().field;
}

Given url(const char* text) {
    return {{"url", std::string(text)}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(network_outputs)

BOOST_AUTO_TEST_CASE(rtmp_wants_a_host_an_application_and_a_key) {
    BOOST_TEST(fieldAtFault("rtmp", {}) == "url");
    for (const char* bad : {"http://h/app/key", "rtmp:///app/key", "srt://h:9/app", "rtmpt://h/app/key"}) {
        BOOST_TEST(fieldAtFault("rtmp", url(bad)) == "url");
    }
    for (const char* keyless : {"rtmp://127.0.0.1:9/app", "rtmp://127.0.0.1:9/app/", "rtmp://127.0.0.1:9"}) {
        BOOST_TEST(fieldAtFault("rtmp", url(keyless)) == "stream_key");
    }
    BOOST_TEST(fieldAtFault("rtmp", {{"url", std::string("rtmp://127.0.0.1:9/")}, {"stream_key", std::string("k")}}) ==
               "url");
    BOOST_TEST(fieldAtFault("rtmp", url("rtmp://127.0.0.1:9/app/key")) == "");
    BOOST_TEST(fieldAtFault("rtmp", {{"url", std::string("rtmps://[::1]:9/a/b?token=x")},
                                     {"stream_key", std::string("k.flv?x")}}) == "");
}

BOOST_AUTO_TEST_CASE(srt_wants_a_port_a_host_to_call_and_no_query) {
    for (const char* bad :
         {"srt://h", "srt://:9000", "srt://h:9000/x", "srt://h:9000?mode=listener", "udp://h:9000", "srt://h:99999"}) {
        BOOST_TEST(fieldAtFault("srt", url(bad)) == "url");
    }
    const std::string listener = "srt://:47110";
    BOOST_TEST(fieldAtFault("srt", {{"url", listener}, {"mode", std::string("rendezvous")}}) == "mode");
    BOOST_TEST(fieldAtFault("srt", {{"url", listener},
                                    {"mode", std::string("listener")},
                                    {"passphrase", std::string("short")}}) == "passphrase");
    BOOST_TEST(fieldAtFault("srt", {{"url", std::string("srt://h:9")}, {"latency_ms", std::int64_t{9000}}}) ==
               "latency_ms");
}

BOOST_AUTO_TEST_CASE(mpegts_and_rtsp_want_their_schemes_and_a_host) {
    for (const char* bad : {"udp://239.0.0.1", "udp://:5000", "tcp://h:1", "rtp://h:5000?ttl=1", "file:///x:1"}) {
        BOOST_TEST(fieldAtFault("mpegts", url(bad)) == "url");
    }
    for (const char* bad : {"rtsp:///live", "rtspu://h/live", "http://h/live"}) {
        BOOST_TEST(fieldAtFault("rtsp", url(bad)) == "url");
    }
}

BOOST_AUTO_TEST_CASE(an_unreachable_destination_is_an_error_that_names_no_credential) {
    const SteadyClock clock;
    Interrupt interrupt(clock);
    interrupt.allow(std::chrono::seconds(10));
    const auto target = openNetwork({.url = "rtmp://user:SECRET@127.0.0.1:1/app/SECRET?x=SECRET",
                                     .host = "127.0.0.1",
                                     .options = {{"rtmp_playpath", "SECRET"}}})(interrupt);
    BOOST_REQUIRE(!target.ok());
    BOOST_TEST((target.error().code == ErrorCode::Unreachable));
    BOOST_TEST(target.error().message.find("SECRET") == std::string::npos);
    BOOST_TEST(target.error().message.starts_with("rtmp://127.0.0.1:1/app/***"));
}

BOOST_AUTO_TEST_CASE(a_connection_may_hold_a_second_of_its_stream_unsent) {
    OutputRequest request;
    BOOST_TEST(sendBufferBytes(request) == 65536);
    request.video = VideoEncodeSpec{};
    request.video->bitrateKbps = 4000;
    request.audio = AudioEncodeSpec{AudioCodec::Aac, 128};
    BOOST_TEST(sendBufferBytes(request) == 516'000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
