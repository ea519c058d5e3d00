#include "api/gateway/gateway.h"

#include <boost/test/unit_test.hpp>
#include <thread>
#include <vector>

#include "mcu/base/sync.h"

#include "api/gateway/site_service.h"
#include "api/http_server.h"
#include "api/problem.h"
#include "tests/support/loopback_client.h"

namespace tessera {

using test::LoopbackClient;

BOOST_AUTO_TEST_SUITE(gateway)

namespace {

/// Answers when the test says so.
class FakeSite final : public DeferredSite {
public:
    bool isPublic(const SiteRequest& request) override { return request.view == "public"; }

    std::function<void()> ask(const SiteRequest& request, std::function<void(SiteReply)> answer) override {
        if (request.file == "now.m4s") {
            answer({HttpResponse().with("Content-Type", "video/mp4"), std::make_shared<std::string>("0123456789")});
            return nullptr;
        }
        if (request.file == "large.m4s") {
            answer({HttpResponse().with("Content-Type", "video/mp4"), large});
            return nullptr;
        }
        Lock lock(mutex_);
        answers_.push_back(std::move(answer));
        wake_.notifyAll();
        return [this] {
            Lock cancelLock(mutex_);
            ++cancelled_;
            wake_.notifyAll();
        };
    }
    /// The request that waits since the longest time.
    std::function<void(SiteReply)> next() {
        Lock lock(mutex_);
        BOOST_REQUIRE(wake_.waitFor(mutex_, std::chrono::seconds(10), [&] { return !answers_.empty(); }));
        auto answer = std::move(answers_.front());
        answers_.erase(answers_.begin());
        return answer;
    }
    bool sawCancel(int times = 1) {
        Lock lock(mutex_);
        return wake_.waitFor(mutex_, std::chrono::seconds(10), [&] { return cancelled_ >= times; });
    }
    /// All who wait, once there are so many.
    std::vector<std::function<void(SiteReply)>> all(std::size_t count) {
        Lock lock(mutex_);
        BOOST_REQUIRE(wake_.waitFor(mutex_, std::chrono::seconds(30), [&] { return answers_.size() >= count; }));
        return std::exchange(answers_, {});
    }

    const std::shared_ptr<const std::string> large = std::make_shared<std::string>(std::size_t{16} << 20U, 'x');

private:
    Mutex mutex_;
    CondVar wake_;
    std::vector<std::function<void(SiteReply)>> answers_;
    int cancelled_ = 0;
};

/// A gateway before an HttpServer that lets "Bearer good" watch.
struct Bench {
    explicit Bench(GatewayLimits limits = {}) {
        HttpServerOptions behindOptions;
        behindOptions.port = 0;
        behindOptions.token = "secret";
        auto made = HttpServer::create(behindOptions, [this](const HttpRequest& request) { return handle(request); });
        BOOST_REQUIRE(made.ok());
        behind = std::move(made).value();
        GatewayOptions options;
        options.port = 0;
        options.limits = limits;
        options.upstreamPort = behind->port();
        options.upstreamToken = "secret";
        auto front = Gateway::create(options, {.page = [](const HttpRequest&) { return HttpResponse(); },
                                               .isPage = [](const std::string& path) { return path == "/"; },
                                               .hls = site});
        BOOST_REQUIRE(front.ok());
        gateway = std::move(front).value();
    }
    ~Bench() { gateway->stop(); }

    HttpResponse handle(const HttpRequest& request) {
        asked.add();
        if (!request.path.starts_with("/hls/")) {
            HttpResponse response;
            response.with("Content-Type", request.path == "/v1/picture" ? "image/png" : "text/plain");
            response.body = request.method + " " + request.path + " of " + request.peer + " #" + request.body;
            return response;
        }
        if (request.header("authorization") != "Bearer good") {
            return problemResponse(Error{ErrorCode::Unauthorized, "no", {}});
        }
        return HttpResponse().with(kServeHeader, "hls").with("Access-Control-Allow-Origin", "http://page");
    }
    std::string ask(const std::string& bytes) const {
        LoopbackClient client(gateway->port());
        client.send(bytes);
        return client.receive();
    }

    Counter asked;
    std::shared_ptr<FakeSite> site = std::make_shared<FakeSite>();
    std::unique_ptr<HttpServer> behind;
    std::unique_ptr<Gateway> gateway;
};

std::string get(const std::string& target, const std::string& headers = {}) {
    return "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n";
}

const std::string kGood = "Authorization: Bearer good\r\n";

SiteReply playlist(const std::string& text) {
    return {HttpResponse().with("Content-Type", "application/vnd.apple.mpegurl"), std::make_shared<std::string>(text)};
}

}  // namespace

BOOST_AUTO_TEST_CASE(requests_reach_the_server_behind_with_the_clients_address) {
    Bench bench;
    const auto reply = bench.ask("POST /v1/x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
    BOOST_TEST(reply.starts_with("HTTP/1.1 200"));
    BOOST_TEST(reply.ends_with("POST /v1/x of 127.0.0.1 #abc"));
}

BOOST_AUTO_TEST_CASE(an_answer_that_comes_later_is_sent_when_it_comes) {
    Bench bench;
    LoopbackClient client(bench.gateway->port());
    client.send(get("/hls/m/main/index.m3u8?_HLS_msn=2", kGood));
    const auto answer = bench.site->next();
    BOOST_TEST(bench.ask(get("/v1/other")).starts_with("HTTP/1.1 200"));
    answer(playlist("#EXTM3U"));
    const auto reply = client.receive();
    BOOST_TEST(reply.starts_with("HTTP/1.1 200"));
    BOOST_TEST(reply.ends_with("#EXTM3U"));
    BOOST_TEST(reply.find("Access-Control-Allow-Origin: http://page\r\n") != std::string::npos);
    answer(playlist("again"));  // is dropped
}

BOOST_AUTO_TEST_CASE(a_client_that_goes_cancels_what_it_waits_for) {
    Bench bench;
    {
        LoopbackClient client(bench.gateway->port());
        client.send(get("/hls/m/main/index.m3u8", kGood));
        bench.site->next();
    }
    BOOST_TEST(bench.site->sawCancel());
}

BOOST_AUTO_TEST_CASE(who_has_no_right_gets_nothing_and_what_is_public_needs_none) {
    Bench bench;
    BOOST_TEST(bench.ask(get("/hls/m/main/now.m4s")).starts_with("HTTP/1.1 401"));
    BOOST_TEST(bench.ask(get("/hls/m/main/now.m4s?token=bad")).starts_with("HTTP/1.1 401"));
    BOOST_TEST(bench.ask(get("/hls/m/main/now.m4s?token=good")).ends_with("0123456789"));
    BOOST_TEST(
        bench.ask(get("/hls/m/main/now.m4s?token=good", "Authorization: Bearer bad\r\n")).starts_with("HTTP/1.1 401"));
    const auto asked = bench.asked.value();
    const auto reply = bench.ask(get("/hls/m/public/now.m4s"));
    BOOST_TEST(reply.ends_with("0123456789"));
    BOOST_TEST(reply.find("Access-Control-Allow-Origin: *\r\n") != std::string::npos);
    BOOST_TEST(bench.asked.value() == asked);
}

BOOST_AUTO_TEST_CASE(a_grant_is_remembered_for_its_meeting_and_its_caller) {
    Bench bench;
    for (int i = 0; i < 5; ++i) BOOST_TEST(bench.ask(get("/hls/m/main/now.m4s", kGood)).ends_with("0123456789"));
    BOOST_TEST(bench.asked.value() == 1U);
    BOOST_TEST(bench.ask(get("/hls/other/main/now.m4s", kGood)).ends_with("0123456789"));
    BOOST_TEST(bench.asked.value() == 2U);
    BOOST_TEST(bench.ask(get("/hls/m/main/now.m4s", "Authorization: Bearer x\r\n")).starts_with("HTTP/1.1 401"));
    BOOST_TEST(bench.asked.value() == 3U);
}

BOOST_AUTO_TEST_CASE(a_segment_is_had_in_parts) {
    Bench bench;
    const auto part = bench.ask(get("/hls/m/main/now.m4s", kGood + "Range: bytes=2-4\r\n"));
    BOOST_TEST(part.starts_with("HTTP/1.1 206"));
    BOOST_TEST(part.ends_with("\r\n\r\n234"));
    BOOST_TEST(part.find("Content-Range: bytes 2-4/10\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(three_hundred_who_wait_for_one_thing_are_all_answered_and_those_who_went_are_forgotten) {
    Bench bench;
    std::vector<std::unique_ptr<LoopbackClient>> clients;
    for (int i = 0; i < 300; ++i) {
        clients.push_back(std::make_unique<LoopbackClient>(bench.gateway->port()));
        clients.back()->send(get("/hls/m/public/index.m3u8?_HLS_msn=2&_HLS_part=0"));
    }
    const auto answers = bench.site->all(300);
    for (std::size_t i = 0; i < 100; ++i) clients.pop_back();
    BOOST_TEST(bench.site->sawCancel(100));
    const auto reply = playlist("#EXTM3U\n#EXT-X-VERSION:9\n");
    for (const auto& answer : answers) answer(reply);
    for (const auto& client : clients) {
        const auto got = client->receive();
        BOOST_REQUIRE(got.starts_with("HTTP/1.1 200"));
        BOOST_REQUIRE(got.ends_with(*reply.body));
    }
    // Each connection is used again.
    for (const auto& client : clients) client->send(get("/hls/m/public/now.m4s"));
    for (const auto& client : clients) BOOST_REQUIRE(client->receive().ends_with("0123456789"));
}

BOOST_AUTO_TEST_CASE(who_reads_nothing_or_goes_in_the_middle_costs_others_nothing_and_holds_no_copy) {
    Bench bench;
    std::vector<std::unique_ptr<LoopbackClient>> slow;
    for (int i = 0; i < 8; ++i) {
        slow.push_back(std::make_unique<LoopbackClient>(bench.gateway->port()));
        slow.back()->send(get("/hls/m/public/large.m4s"));
        LoopbackClient vanishes(bench.gateway->port());
        vanishes.send(get("/hls/m/public/large.m4s"));
    }
    for (int i = 0; i < 10; ++i) BOOST_TEST(bench.ask(get("/hls/m/public/now.m4s")).ends_with("0123456789"));
    const auto part = bench.ask(get("/hls/m/public/large.m4s", "Range: bytes=0-999999\r\n"));
    BOOST_TEST(part.ends_with(std::string(1'000'000, 'x')));
    BOOST_TEST(bench.site->large.use_count() <= 17);  // shared, not copied: the test's, and one for each at most
    slow.clear();
    const auto isAlone = [&] { return bench.site->large.use_count() == 1; };
    for (int i = 0; i < 2000 && !isAlone(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    BOOST_TEST(isAlone());
}

BOOST_AUTO_TEST_CASE(a_page_of_anybody_may_ask_for_parts_of_what_is_public) {
    Bench bench;
    const std::string preflight =
        "OPTIONS /hls/m/NAME/now.m4s HTTP/1.1\r\nHost: h\r\nConnection: close\r\nOrigin: http://page\r\n"
        "Access-Control-Request-Method: GET\r\nAccess-Control-Request-Headers: range\r\n\r\n";
    auto open = preflight, hidden = preflight;
    const auto reply = bench.ask(open.replace(open.find("NAME"), 4, "public"));
    BOOST_TEST(reply.starts_with("HTTP/1.1 204"));
    BOOST_TEST(reply.find("Access-Control-Allow-Origin: *\r\n") != std::string::npos);
    BOOST_TEST(reply.find("Access-Control-Allow-Headers: Authorization, Range") != std::string::npos);
    BOOST_TEST(bench.ask(hidden.replace(hidden.find("NAME"), 4, "main")).starts_with("HTTP/1.1 401"));
}

BOOST_AUTO_TEST_CASE(a_grant_is_renewed_once_before_it_ends_and_not_for_all_at_a_time) {
    ManualClock clock;
    GrantCache cache(clock);
    const SiteRequest wanted{"m", "main", "index.m3u8", {}};
    const auto key = [&](int caller) {
        return GrantCache::keyOf(wanted, HttpRequest(), "Bearer " + std::to_string(caller));
    };
    for (int i = 0; i < 1000; ++i) cache.add(key(i), HttpResponse());
    clock.advance(GrantCache::kLife / 2 - std::chrono::milliseconds(1));
    int due = 0, most = 0;
    for (int step = 0; step < 20; ++step) {
        int now = 0;
        for (int i = 0; i < 1000; ++i) {
            const auto found = cache.find(key(i));
            BOOST_REQUIRE(found.head != nullptr);
            now += found.isDue ? 1 : 0;
        }
        BOOST_TEST((step > 0 || now == 0));
        due += now;
        most = std::max(most, now);
        clock.advance(GrantCache::kLife / 40);
    }
    BOOST_TEST(due == 1000);
    BOOST_TEST(most < 300);
    cache.remove(key(0));
    BOOST_TEST(cache.find(key(0)).head == nullptr);
}

BOOST_AUTO_TEST_CASE(grants_are_forgotten_when_they_end_and_are_bounded) {
    ManualClock clock;
    GrantCache cache(clock);
    const SiteRequest wanted{"m", "main", "index.m3u8", {}};
    HttpRequest request;
    request.headers = {{"host", "h"}};
    const auto key = [&](int caller) { return GrantCache::keyOf(wanted, request, "Bearer " + std::to_string(caller)); };
    for (int i = 0; i < 3000; ++i) cache.add(key(i), HttpResponse());
    BOOST_TEST(cache.find(key(0)).head != nullptr);
    BOOST_TEST(cache.find(key(3000)).head == nullptr);
    clock.advance(GrantCache::kLife / 2);
    cache.add(key(0), HttpResponse());
    clock.advance(GrantCache::kLife / 2 + std::chrono::milliseconds(1));
    BOOST_TEST(cache.find(key(1)).head == nullptr);
    cache.add(key(5000), HttpResponse());
    BOOST_TEST(cache.size() == 2U);
    BOOST_TEST(cache.find(key(0)).head != nullptr);
    for (std::size_t i = 0; i < GrantCache::kGrants; ++i) cache.add(key(static_cast<int>(i)), HttpResponse());
    BOOST_TEST(cache.size() <= GrantCache::kGrants);
}

BOOST_AUTO_TEST_CASE(pictures_of_the_server_behind_are_had_in_parts_and_documents_are_not) {
    Bench bench;
    const auto part = bench.ask(get("/v1/picture", "Range: bytes=0-3\r\n"));
    BOOST_TEST(part.starts_with("HTTP/1.1 206"));
    BOOST_TEST(part.ends_with("\r\n\r\nGET "));
    BOOST_TEST(bench.ask(get("/v1/text", "Range: bytes=0-3\r\n")).starts_with("HTTP/1.1 200"));
}

BOOST_AUTO_TEST_CASE(stopping_answers_who_waits) {
    Bench bench;
    LoopbackClient client(bench.gateway->port());
    client.send(get("/hls/m/main/index.m3u8", kGood));
    const auto answer = bench.site->next();
    bench.gateway->stop();
    BOOST_TEST(client.receive().starts_with("HTTP/1.1 503"));
    answer(playlist("late"));
}

BOOST_AUTO_TEST_CASE(without_the_server_behind_the_answer_is_502) {
    Bench bench;
    bench.behind->stop();
    BOOST_TEST(bench.ask(get("/v1/x")).starts_with("HTTP/1.1 502"));
}

BOOST_AUTO_TEST_CASE(an_address_in_use_is_a_conflict_and_a_wrong_one_an_argument) {
    Bench bench;
    GatewayOptions options;
    options.port = bench.gateway->port();
    const auto create = [&] { return Gateway::create(options, {.page = {}, .isPage = {}, .hls = {}}); };
    BOOST_TEST((create().error().code == ErrorCode::Conflict));
    options.address = "nowhere";
    BOOST_TEST((create().error().code == ErrorCode::InvalidArgument));
    options.address = "192.0.2.1";
    BOOST_TEST((create().error().code == ErrorCode::InvalidArgument));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
