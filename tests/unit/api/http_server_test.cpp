#include "api/http_server.h"

#include <boost/test/unit_test.hpp>
#include <utility>

#include "mcu/base/sync.h"

#include "tests/support/loopback_client.h"

namespace tessera {

using test::LoopbackClient;

BOOST_AUTO_TEST_SUITE(http_server)

namespace {

HttpResponse echo(const HttpRequest& request) {
    HttpResponse response;
    response.with("Content-Type", "text/plain").with("ETag", "\"1\"").with("Location", "/here");
    response.body = request.method + " " + request.path + " from " + request.peer;
    for (const auto& [name, value] : request.query) response.body += " ?" + name + "=" + value;
    response.body += " #" + std::string(request.header("x-own")) + " " + std::to_string(request.body.size());
    return response;
}

std::unique_ptr<HttpServer> serve(HttpServer::Handler handler = echo, HttpServerOptions options = {}) {
    options.port = 0;
    options.workers = 2;
    auto server = HttpServer::create(options, std::move(handler));
    BOOST_REQUIRE(server.ok());
    return std::move(server).value();
}

std::string ask(const HttpServer& server, std::string_view bytes) {
    LoopbackClient client(server.port());
    client.send(bytes);
    return client.receive();
}

bool isProblem(const std::string& reply, int status) {
    return reply.starts_with("HTTP/1.1 " + std::to_string(status)) &&
           reply.find("Content-Type: application/problem+json\r\n") != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_request_arrives_decoded_and_every_header_of_the_reply_leaves) {
    const auto server = serve();
    const auto reply = ask(*server,
                           "PATCH /a%20b/%C3%A9?x=1%262&y= HTTP/1.1\r\nHost: h\r\nX-Own: mine\r\n"
                           "Content-Length: 3\r\n\r\nabc");
    BOOST_TEST(reply.starts_with("HTTP/1.1 200"));
    for (const auto* header : {"Content-Type: text/plain\r\n", "ETag: \"1\"\r\n", "Location: /here\r\n"}) {
        BOOST_TEST(reply.find(header) != std::string::npos, header);
    }
    BOOST_TEST(reply.find("PATCH /a b/\xc3\xa9 from 127.0.0.1 ?x=1&2 ?y= #mine 3") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_connection_serves_one_request_after_another) {
    const auto server = serve();
    LoopbackClient client(server->port());
    for (int i = 0; i < 3; ++i) {
        client.send("GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n");
        const auto reply = client.receive();
        BOOST_TEST(reply.find("Connection: keep-alive\r\n") != std::string::npos);
        BOOST_TEST(reply.find("GET /" + std::to_string(i)) != std::string::npos);
    }
    BOOST_TEST(server->counters().requests.value() == 3U);
    BOOST_TEST(server->counters().responses2xx.value() == 3U);
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_http_get_a_problem) {
    const auto server = serve();
    BOOST_TEST(isProblem(ask(*server, "GARBAGE / HTTP/1.1\r\n\r\n"), 400));
    BOOST_TEST(isProblem(ask(*server, "GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n"), 400));
    BOOST_TEST(isProblem(ask(*server, "GET /a%00b HTTP/1.1\r\nHost: h\r\n\r\n"), 400));
    BOOST_TEST(isProblem(ask(*server, "GET / HTTP/1.1\r\nContent-Type: no type\r\nHost: h\r\n\r\n"), 400));
    BOOST_TEST(ask(*server, "GET / HTTP/1.1\r\nHost: h\r\n\r\n").starts_with("HTTP/1.1 200"));
}

BOOST_AUTO_TEST_CASE(a_request_over_the_limit_gets_413_and_the_rest_of_it_is_ignored) {
    HttpServerOptions options;
    options.maxRequestBytes = 8192;
    const auto server = serve(echo, options);
    const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n";
    BOOST_TEST(isProblem(ask(*server, head + std::string(100000, 'a')), 413));
    BOOST_TEST(isProblem(ask(*server, "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\n\r\n"), 413));
    BOOST_TEST(server->counters().requests.value() == 2U);
}

BOOST_AUTO_TEST_CASE(head_has_no_body) {
    const auto server = serve();
    const auto reply = ask(*server, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
    BOOST_TEST(reply.starts_with("HTTP/1.1 200"));
    BOOST_TEST(reply.ends_with("\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(a_handler_that_blocks_does_not_keep_others_waiting) {
    Mutex mutex;
    CondVar wake;
    bool released = false;
    const auto server = serve([&](const HttpRequest& request) {
        if (request.path == "/slow") {
            Lock lock(mutex);
            wake.wait(mutex, [&] { return released; });
        }
        return echo(request);
    });
    LoopbackClient slow(server->port());
    slow.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
    for (int i = 0; i < 5; ++i) BOOST_TEST(ask(*server, "GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 200"));
    {
        Lock lock(mutex);
        released = true;
    }
    wake.notifyAll();
    BOOST_TEST(slow.receive().find("GET /slow") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_client_that_leaves_before_the_reply_harms_nobody) {
    const auto server = serve();
    for (int i = 0; i < 200; ++i) {
        LoopbackClient client(server->port());
        client.send("GET /gone HTTP/1.1\r\nHost: h\r\n\r\n");
    }
    BOOST_TEST(ask(*server, "GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 200"));
}

BOOST_AUTO_TEST_CASE(connections_beyond_the_limit_are_closed) {
    HttpServerOptions options;
    options.connections = 2;
    const auto server = serve(echo, options);
    LoopbackClient first(server->port()), second(server->port());
    first.send("GET / HTTP/1.1\r\n\r\n");
    second.send("GET / HTTP/1.1\r\n\r\n");
    BOOST_TEST(first.receive().starts_with("HTTP/1.1 200"));
    BOOST_TEST(second.receive().starts_with("HTTP/1.1 200"));
    BOOST_TEST(ask(*server, "GET / HTTP/1.1\r\n\r\n") == "");
    BOOST_TEST(server->counters().refused.value() == 1U);
}

BOOST_AUTO_TEST_CASE(an_address_in_use_is_a_conflict_and_a_wrong_one_an_argument) {
    const auto server = serve();
    HttpServerOptions options;
    options.port = server->port();
    const auto second = HttpServer::create(options, echo);
    BOOST_REQUIRE(!second.ok());
    BOOST_TEST((second.error().code == ErrorCode::Conflict));
    options.address = "nowhere";
    BOOST_TEST((HttpServer::create(options, echo).error().code == ErrorCode::InvalidArgument));
    options.address = "192.0.2.1";
    BOOST_TEST((HttpServer::create(options, echo).error().code == ErrorCode::InvalidArgument));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
