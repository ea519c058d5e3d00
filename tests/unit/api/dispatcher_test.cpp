#include "api/dispatcher.h"

#include "tests/unit/api/api_bench.h"

namespace tessera {
namespace {

using test::ApiBench;
using test::bodyOf;
using test::headerOf;
using test::Headers;

struct Fixture {
    ApiBench api;

    std::string makeMeeting(const std::string& body = "{}") {
        const auto created = api.send("POST", "/v1/meetings", body);
        BOOST_REQUIRE_EQUAL(created.status, 201);
        return headerOf(created, "Location");
    }
    std::string nameOf(const std::string& meeting) { return bodyOf(api.send("GET", meeting))["name"]; }
    std::size_t total(const std::string& list) { return bodyOf(api.send("GET", list))["total"].get<std::size_t>(); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(dispatcher_test, Fixture)

BOOST_AUTO_TEST_CASE(a_call_without_a_valid_credential_gets_401_and_changes_nothing) {
    const std::string bad[] = {"", "Bearer ", "Bearer wrong", "Basic YTpi", "Bearer tsk_unknown_key_000000000000000"};
    for (const auto& credential : bad) {
        const auto reply = api.send("POST", "/v1/meetings", "{}", {{"authorization", credential}});
        BOOST_TEST(reply.status == 401, credential);
        BOOST_TEST(!headerOf(reply, "WWW-Authenticate").empty());
    }
    BOOST_TEST(total("/v1/meetings") == 0U);
}

BOOST_AUTO_TEST_CASE(an_address_that_guesses_has_to_wait) {
    for (int i = 0; i < CredentialGuard::kTries; ++i) {
        BOOST_TEST(api.send("GET", "/v1/meetings", {}, {{"authorization", "Bearer guess"}}).status == 401);
    }
    const auto reply = api.send("GET", "/v1/meetings");
    BOOST_TEST(reply.status == 429);
    BOOST_TEST(!headerOf(reply, "Retry-After").empty());
    BOOST_TEST(api.send("GET", "/healthz").status == 200);
}

BOOST_AUTO_TEST_CASE(every_role_may_call_exactly_what_its_rights_say) {
    makeMeeting(R"({"id": "m"})");
    for (const Role role : allRoles()) {
        const auto caller = api.as(role, "m");
        for (const Route& route : routes()) {
            const bool isCallable = !route.access.isPublic && route.path.starts_with("/v1/meetings/{meeting}");
            if (!isCallable || route.path.find(":end") != std::string_view::npos) continue;
            std::string path(route.path);
            for (auto open = path.find('{'); open != std::string::npos; open = path.find('{')) {
                const bool isMeeting = path.compare(open, 9, "{meeting}") == 0;
                path.replace(open, path.find('}') - open + 1, isMeeting ? "m" : "none");
            }
            // Who may call gets as far as the unknown member or id.
            const auto reply = api.send(std::string(route.method), path + "?dry_run=true", R"({"x": 1})", caller);
            const auto note = std::string(toString(role)) + " " + std::string(route.method) + " " + path;
            BOOST_TEST((reply.status == 403) == !mayEver(role, route.access.right), note);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_credential_for_one_meeting_is_worth_nothing_in_another) {
    const auto one = makeMeeting(R"({"id": "one"})"), two = makeMeeting(R"({"id": "two"})");
    const auto host = api.as(Role::Host, "one");
    BOOST_TEST(api.send("GET", one, {}, host).status == 200);
    BOOST_TEST(api.send("GET", two, {}, host).status == 403);
    BOOST_TEST(api.send("GET", "/v1/meetings?meeting=one", {}, host).status == 403);
    BOOST_TEST(api.send("GET", "/v1/recordings", {}, host).status == 403);
    BOOST_TEST(api.send("GET", "/v1/recordings?meeting=two", {}, host).status == 403);
    BOOST_TEST(api.send("GET", "/v1/recordings?meeting=one", {}, host).status == 200);
    BOOST_TEST(api.send("POST", "/v1/tokens", R"({"meeting": "one", "role": "guest"})", host).status == 201);
    BOOST_TEST(api.send("POST", "/v1/tokens", R"({"meeting": "two", "role": "guest"})", host).status == 403);
    BOOST_TEST(api.send("POST", "/v1/tokens", R"({"meeting": "*", "role": "guest"})", host).status == 403);
    BOOST_TEST(api.send("POST", "/v1/tokens", R"({"meeting": "one", "role": "admin"})", host).status == 403);
    BOOST_TEST(api.send("POST", "/v1/tokens?dry_run=true", R"({"meeting": "one", "role": "admin"})", host).status ==
               403);
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_404_and_what_a_path_does_not_take_is_405) {
    BOOST_TEST(api.send("GET", "/v1/nothing").status == 404);
    BOOST_TEST(api.send("GET", "/v1/meetings/none").status == 404);
    const auto reply = api.send("DELETE", "/v1/meetings");
    BOOST_TEST(reply.status == 405);
    BOOST_TEST(headerOf(reply, "Allow") == "GET, POST, OPTIONS");
}

BOOST_AUTO_TEST_CASE(bodies_of_another_media_type_are_refused) {
    const auto meeting = makeMeeting();
    const Headers text{{"content-type", "text/plain"}}, merge{{"content-type", "application/merge-patch+json"}};
    BOOST_TEST(api.send("POST", "/v1/meetings", "{}", text).status == 415);
    BOOST_TEST(api.send("POST", "/v1/meetings", "{}", merge).status == 415);
    BOOST_TEST(api.send("PATCH", meeting, "{}", text).status == 415);
    BOOST_TEST(api.send("PATCH", meeting, "{}", {{"content-type", "application/json; charset=utf-8"}}).status == 200);
    BOOST_TEST(api.send("POST", "/whip/m", "v=0", text).status == 415);
    BOOST_TEST(total("/v1/meetings") == 1U);
}

BOOST_AUTO_TEST_CASE(if_match_holds_for_the_etag_of_a_read_or_of_a_change_and_for_no_other) {
    const auto meeting = makeMeeting(R"({"name": "a"})");
    const auto read = headerOf(api.send("GET", meeting), "ETag");
    BOOST_TEST(!read.empty());
    const auto changed = api.send("PATCH", meeting, R"({"name": "b"})", {{"if-match", read}});
    BOOST_TEST(changed.status == 200);
    BOOST_TEST(api.send("PATCH", meeting, R"({"name": "c"})", {{"if-match", read}}).status == 412);
    BOOST_TEST(api.send("DELETE", meeting, {}, {{"if-match", read}}).status == 412);
    BOOST_TEST(nameOf(meeting) == "b");
    BOOST_TEST(headerOf(changed, "ETag") == headerOf(api.send("GET", meeting), "ETag"));
    BOOST_TEST(api.send("PATCH", meeting, R"({"name": "c"})", {{"if-match", headerOf(changed, "ETag")}}).status == 200);
    BOOST_TEST(api.send("DELETE", "/v1/meetings/none", {}, {{"if-match", read}}).status == 404);
    BOOST_TEST(api.send("DELETE", meeting, {}, {{"if-match", "*"}}).status == 204);
}

BOOST_AUTO_TEST_CASE(an_idempotency_key_repeats_the_first_reply_to_its_caller) {
    const Headers key{{"idempotency-key", "order-1"}};
    const auto first = api.send("POST", "/v1/meetings", R"({"name": "a"})", key);
    const auto again = api.send("POST", "/v1/meetings", R"({"name": "a"})", key);
    BOOST_TEST(first.status == 201);
    BOOST_TEST(again.status == 201);
    BOOST_TEST(again.body == first.body);
    BOOST_TEST(headerOf(again, "Location") == headerOf(first, "Location"));
    BOOST_TEST(api.send("POST", "/v1/meetings", R"({"name": "b"})", key).status == 422);
    BOOST_TEST(total("/v1/meetings") == 1U);
    auto other = api.as(Role::Operator);
    other.insert(key.begin(), key.end());
    BOOST_TEST(api.send("POST", "/v1/meetings", R"({"name": "b"})", other).status == 201);
}

BOOST_AUTO_TEST_CASE(a_refused_request_leaves_its_idempotency_key_free) {
    const Headers key{{"idempotency-key", "order-2"}};
    BOOST_TEST(api.send("POST", "/v1/meetings", R"({"nmae": "a"})", key).status == 400);
    BOOST_TEST(api.send("POST", "/v1/meetings", R"({"name": "a"})", key).status == 201);
    const Headers tooLong{{"idempotency-key", std::string(256, 'k')}};
    BOOST_TEST(api.send("POST", "/v1/meetings", "{}", tooLong).status == 400);
}

BOOST_AUTO_TEST_CASE(options_name_the_methods_and_cors_answers_configured_origins_alone) {
    const auto options = api.send("OPTIONS", "/v1/meetings", {}, {{"authorization", ""}});
    BOOST_TEST(options.status == 204);
    BOOST_TEST(headerOf(options, "Allow") == "GET, POST, OPTIONS");
    BOOST_TEST(headerOf(api.send("OPTIONS", "/whip/m"), "Accept-Post") == "application/sdp");
    BOOST_TEST(api.send("OPTIONS", "/nothing").status == 404);

    const Headers origin{{"origin", "https://meet.example"}, {"access-control-request-method", "POST"}};
    BOOST_TEST(headerOf(api.send("OPTIONS", "/v1/meetings", {}, origin), "Access-Control-Allow-Origin").empty());
    Config config;
    config.http.corsOrigins = {"https://meet.example"};
    ApiBench open(config);
    const auto preflight = open.send("OPTIONS", "/v1/meetings", {}, origin);
    BOOST_TEST(headerOf(preflight, "Access-Control-Allow-Origin") == "https://meet.example");
    BOOST_TEST(headerOf(preflight, "Access-Control-Allow-Methods") == "GET, POST, OPTIONS");
    const auto stranger = open.send("GET", "/v1/meetings", {}, {{"origin", "https://evil.example"}});
    BOOST_TEST(headerOf(stranger, "Access-Control-Allow-Origin").empty());
}

BOOST_AUTO_TEST_CASE(lists_are_paged_by_limit_and_cursor) {
    for (const char* name : {"a", "b", "c"}) makeMeeting(R"({"id": ")" + std::string(name) + R"("})");
    const auto first = bodyOf(api.send("GET", "/v1/meetings?limit=2"));
    BOOST_TEST(first["items"].size() == 2U);
    BOOST_TEST(first["total"].get<int>() == 3);
    BOOST_REQUIRE(first["next_cursor"].is_string());
    const auto cursor = first["next_cursor"].get<std::string>();
    const auto second = bodyOf(api.send("GET", "/v1/meetings?limit=2&cursor=" + cursor));
    BOOST_TEST(second["items"].size() == 1U);
    BOOST_TEST(second["next_cursor"].is_null());
    for (const char* query : {"limit=0", "limit=201", "limit=x", "limit=1x", "cursor=x", "cursor=-1"}) {
        BOOST_TEST(api.send("GET", std::string("/v1/meetings?") + query).status == 400, query);
    }
    for (const char* list : {"/v1/recordings", "/v1/audit", "/v1/layouts", "/v1/source-kinds", "/v1/output-kinds"}) {
        const auto page = bodyOf(api.send("GET", list));
        BOOST_TEST((page.contains("items") && page.contains("next_cursor") && page.contains("total")), list);
    }
}

BOOST_AUTO_TEST_CASE(changes_are_audited_with_their_status_and_reads_and_dry_runs_are_not) {
    const auto meeting = makeMeeting(R"({"id": "m"})");
    api.send("GET", meeting);
    api.send("PATCH", meeting + "?dry_run=true", R"({"name": "x"})");
    api.send("PATCH", meeting, R"({"nmae": "x"})", api.as(Role::Host, "m", "ada"));
    BOOST_REQUIRE(api.store->flush(std::chrono::seconds(30)).ok());
    const auto log = bodyOf(api.send("GET", "/v1/audit"))["items"];
    BOOST_REQUIRE_EQUAL(log.size(), 2U);
    BOOST_TEST(log[0]["action"].get<std::string>() == "PATCH /v1/meetings/{meeting}");
    BOOST_TEST(log[0]["subject"].get<std::string>() == "/v1/meetings/m");
    BOOST_TEST(log[0]["who"].get<std::string>() == "ada");
    BOOST_TEST(log[0]["status"].get<int>() == 400);
    BOOST_TEST(log[1]["status"].get<int>() == 201);
    BOOST_TEST(log[1]["via"].get<std::string>() == "key");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
