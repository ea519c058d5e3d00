#include "api/handlers/handlers.h"

#include "tests/unit/api/api_bench.h"

namespace tessera {
namespace {

using test::ApiBench;
using test::bodyOf;
using test::headerOf;
using test::Headers;
using test::offerOf;

const Headers kSdp{{"content-type", "application/sdp"}};

struct Fixture {
    ApiBench api;

    Json ok(const std::string& method, const std::string& target, const std::string& body = {}) {
        const auto reply = api.send(method, target, body);
        BOOST_TEST(reply.status < 300, method + " " + target + ": " + reply.body);
        return bodyOf(reply);
    }
    int status(const std::string& method, const std::string& target, const std::string& body = {}) {
        return api.send(method, target, body).status;
    }
    std::string stateOf(const std::string& path) { return ok("GET", path)["state"]; }
    std::size_t total(const std::string& list) { return ok("GET", list)["total"].get<std::size_t>(); }
    /// A meeting `m` that is live, with one source and one recording.
    void busyMeeting() {
        ok("POST", "/v1/meetings", R"({"id": "m", "name": "Busy", "canvas": {"width": 320, "height": 180}})");
        source = "/v1/meetings/m/sources/" +
                 ok("POST", "/v1/meetings/m/sources", R"({"kind": "test", "name": "Camera"})")["id"].get<std::string>();
        const auto made = ok("POST", "/v1/meetings/m/outputs", R"({"kind": "recording"})");
        output = "/v1/meetings/m/outputs/" + made["id"].get<std::string>();
        recording = "/v1/recordings/" + made["recording"].get<std::string>();
        view = "/v1/meetings/m/views/" + ok("POST", "/v1/meetings/m/views", "{}")["id"].get<std::string>();
    }
    std::string source, output, recording, view;
};

/// The object without what changes by itself.
std::string settled(Json object) {
    for (const char* name : {"now_ms", "frames_composed", "compose_ms_p50", "compose_ms_p99", "bytes", "duration_ms",
                             "frames_received", "state", "backlog_ms", "concealed_blocks", "level_dbov", "loudness"}) {
        object.erase(name);
    }
    return toText(object);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(handlers_test, Fixture)

BOOST_AUTO_TEST_CASE(a_scheduled_meeting_starts_with_its_first_source_output_or_join) {
    for (const char* id : {"a", "b", "c"}) ok("POST", "/v1/meetings", R"({"id": ")" + std::string(id) + R"("})");
    BOOST_TEST(stateOf("/v1/meetings/a") == "scheduled");
    ok("POST", "/v1/meetings/a/sources", R"({"kind": "test"})");
    BOOST_TEST(stateOf("/v1/meetings/a") == "live");
    ok("POST", "/v1/meetings/b/outputs", R"({"kind": "recording"})");
    BOOST_TEST(stateOf("/v1/meetings/b") == "live");
    const auto joined = api.send("POST", "/whip/c?participant=Ada", offerOf("chromium_sendonly.sdp"), kSdp);
    BOOST_TEST(joined.status == 201, joined.body);
    BOOST_TEST(headerOf(joined, "Location").starts_with("/whip/c/"));
    BOOST_TEST(headerOf(joined, "Content-Type") == "application/sdp");
    BOOST_TEST(stateOf("/v1/meetings/c") == "live");
    BOOST_TEST(ok("GET", "/v1/meetings/c/participants")["items"][0]["name"].get<std::string>() == "Ada");
    BOOST_TEST(status("DELETE", headerOf(joined, "Location")) == 200);
}

BOOST_AUTO_TEST_CASE(a_participant_over_plain_rtp_is_added_and_told_where_to_send) {
    ok("POST", "/v1/meetings", R"({"id": "m"})");
    const std::string path = "/v1/meetings/m/participants";
    const auto added = api.send("POST", path, R"({"name": "Room", "rtp": {"ip": "127.0.0.1", "port": 5004}})");
    BOOST_TEST(added.status == 201, added.body);
    const auto body = bodyOf(added);
    BOOST_TEST(headerOf(added, "Location") == path + "/" + body["id"].get<std::string>());
    BOOST_TEST(body["name"].get<std::string>() == "Room");
    BOOST_TEST(body["rtp"]["port"].get<int>() == 5004);
    BOOST_TEST(ok("GET", "/v1/meetings/m/sources")["items"][0]["kind"].get<std::string>() == "rtp");
    BOOST_TEST(status("POST", path + "?dry_run=true", R"({"rtp": {"ip": "127.0.0.1"}})") == 200);
    BOOST_TEST(total(path) == 1U);
    for (const char* wrong : {"{}", R"({"rtp": {}})", R"({"rtp": {"ip": "::1", "payload_type": 0}})",
                              R"({"rtp": {"ip": "::1", "send": false, "receive": false}})",
                              R"({"role": "admin", "rtp": {"ip": "::1"}})", R"({"rtp": {"ip": "::1", "codec": 1}})"}) {
        BOOST_TEST(status("POST", path, wrong) == 400, wrong);
    }
    const auto guest = api.as(Role::Participant, "m");
    BOOST_TEST(api.send("POST", path, R"({"rtp": {"ip": "127.0.0.1"}})", guest).status == 403);
}

BOOST_AUTO_TEST_CASE(an_offer_that_cannot_be_read_starts_nothing) {
    ok("POST", "/v1/meetings", R"({"id": "m"})");
    auto unsealed = offerOf("chromium_sendonly.sdp");
    for (auto at = unsealed.find("a=fingerprint"); at != std::string::npos; at = unsealed.find("a=fingerprint")) {
        unsealed.erase(at, unsealed.find('\n', at) - at + 1);
    }
    BOOST_TEST(api.send("POST", "/whip/m", "hello", kSdp).status == 400);
    BOOST_TEST(api.send("POST", "/whip/m", unsealed, kSdp).status == 400);
    BOOST_TEST(api.send("POST", "/whip/m?dry_run=true", offerOf("chromium_sendonly.sdp"), kSdp).status == 422);
    BOOST_TEST(stateOf("/v1/meetings/m") == "scheduled");
    BOOST_TEST(total("/v1/meetings/m/participants") == 0U);
}

BOOST_AUTO_TEST_CASE(a_change_of_the_picture_says_from_which_frame_it_is_seen) {
    busyMeeting();
    const auto first = ok("PATCH", "/v1/meetings/m/views/main", R"({"layout": "speaker"})");
    const auto second = ok("PATCH", "/v1/meetings/m/views/main", R"({"labels": false})");
    BOOST_TEST(first["layout"]["name"].get<std::string>() == "speaker");
    BOOST_TEST(first["applied_at_ms"].is_number_integer());
    BOOST_TEST(second["frame"].get<std::int64_t>() >= first["frame"].get<std::int64_t>());
    for (const auto& path : {std::string("/v1/meetings/m"), source}) {
        BOOST_TEST(ok("PATCH", path, R"({"name": "New"})")["frame"].is_number_integer(), path);
    }
    BOOST_TEST(ok("POST", "/v1/meetings/m:mute_all")["frame"].is_number_integer());
}

BOOST_AUTO_TEST_CASE(a_source_is_turned_and_mirrored) {
    busyMeeting();
    BOOST_TEST(ok("GET", source)["rotation"] == 0);
    const auto turned = ok("PATCH", source, R"({"rotation": 270, "mirrored": true})");
    BOOST_TEST(turned["rotation"] == 270);
    BOOST_TEST(turned["mirrored"] == true);
    BOOST_TEST(ok("PATCH", source, R"({"mirrored": false})")["rotation"] == 270);
    for (const char* wrong : {"45", "360", "-90", "\"left\""}) {
        const auto reply = api.send("PATCH", source, R"({"rotation": )" + std::string(wrong) + "}");
        BOOST_TEST(reply.status == 400, wrong);
        BOOST_TEST(bodyOf(reply)["field"].get<std::string>() == "rotation", wrong);
    }
}

BOOST_AUTO_TEST_CASE(a_dry_run_answers_what_would_be_and_changes_nothing) {
    busyMeeting();
    const auto joined = api.send("POST", "/whip/m?participant=Ada", offerOf("chromium_sendonly.sdp"), kSdp);
    const auto person =
        "/v1/meetings/m/participants/" + ok("GET", "/v1/meetings/m/participants")["items"][0]["id"].get<std::string>();
    const std::vector<std::string> objects{"/v1/meetings/m", "/v1/meetings/m/views/main", view, source, output, person,
                                           recording};
    std::vector<std::string> before;
    for (const auto& each : objects) before.push_back(settled(ok("GET", each)));

    const auto dry = [this](const std::string& method, const std::string& path, const std::string& body = {}) {
        return ok(method, path + "?dry_run=true", body);
    };
    BOOST_TEST(dry("POST", "/v1/meetings", R"({"name": "x"})")["name"].get<std::string>() == "x");
    BOOST_TEST(dry("PATCH", "/v1/meetings/m", R"({"name": "x"})")["name"].get<std::string>() == "x");
    BOOST_TEST(dry("PATCH", "/v1/meetings/m/views/main", R"({"layout": "single"})")["layout"]["name"] == "single");
    BOOST_TEST(dry("PATCH", source, R"({"gain_db": -6})")["gain_db"].get<double>() == -6);
    BOOST_TEST(dry("PATCH", person, R"({"spotlight": true})")["spotlight"].get<bool>());
    dry("POST", "/v1/meetings/m/sources", R"({"kind": "test"})");
    dry("POST", "/v1/meetings/m/views", "{}");
    dry("POST", "/v1/meetings/m/outputs", R"({"kind": "recording"})");
    for (const char* action : {":end", ":lock", ":unlock", ":mute_all"})
        dry("POST", std::string("/v1/meetings/m") + action);
    for (const auto& each : objects) {
        if (each != recording && each != "/v1/meetings/m/views/main") dry("DELETE", each);
    }
    for (std::size_t i = 0; i < objects.size(); ++i) BOOST_TEST(settled(ok("GET", objects[i])) == before[i]);
    BOOST_TEST(stateOf("/v1/meetings/m") == "live");
    BOOST_TEST(total("/v1/meetings") == 1U);
    BOOST_TEST(total("/v1/meetings/m/sources") == 2U);
    BOOST_TEST(total("/v1/meetings/m/outputs") == 1U);
}

BOOST_AUTO_TEST_CASE(a_dry_run_refuses_what_the_call_would_refuse) {
    busyMeeting();
    BOOST_TEST(status("POST", "/v1/meetings/m:start?dry_run=true") == 409);
    BOOST_TEST(status("POST", "/v1/meetings?dry_run=true", R"({"id": "m"})") == 409);
    BOOST_TEST(status("POST", "/v1/meetings?dry_run=true", R"({"nmae": "x"})") == 400);
    BOOST_TEST(status("DELETE", "/v1/meetings/m/views/main?dry_run=true") == 409);
    BOOST_TEST(status("DELETE", recording + "?dry_run=true") == 409);
    BOOST_TEST(status("POST", "/v1/meetings/m/outputs?dry_run=true", R"({"kind": "recording", "view": "x"})") == 404);
    BOOST_TEST(status("POST", "/v1/meetings/m:end?dry_run=maybe") == 400);
    ok("POST", "/v1/meetings/m:end");
    for (const char* action : {":start", ":end", ":lock", ":mute_all"}) {
        BOOST_TEST(status("POST", "/v1/meetings/m" + std::string(action) + "?dry_run=true") == 409, action);
    }
}

BOOST_AUTO_TEST_CASE(an_ended_meeting_can_be_read_and_deleted_and_nothing_else) {
    busyMeeting();
    ok("POST", "/v1/meetings/m:end");
    BOOST_TEST(stateOf("/v1/meetings/m") == "ended");
    BOOST_TEST(status("PATCH", "/v1/meetings/m", R"({"name": "x"})") == 409);
    BOOST_TEST(status("PATCH", "/v1/meetings/m/views/main", R"({"labels": false})") == 409);
    BOOST_TEST(status("POST", "/v1/meetings/m/sources", R"({"kind": "test"})") == 409);
    BOOST_TEST(status("POST", "/v1/meetings/m:start") == 409);
    BOOST_TEST(api.send("POST", "/whip/m", offerOf("chromium_sendonly.sdp"), kSdp).status == 409);
    for (const char* list : {"participants", "sources", "views", "outputs"}) {
        BOOST_TEST(total("/v1/meetings/m/" + std::string(list)) == 0U, list);
    }
    BOOST_TEST(ok("GET", "/v1/meetings/m")["name"].get<std::string>() == "Busy");
    BOOST_TEST(status("DELETE", "/v1/meetings/m") == 204);
    BOOST_TEST(status("GET", "/v1/meetings/m") == 404);
}

BOOST_AUTO_TEST_CASE(deleting_a_meeting_finishes_its_recording_and_keeps_it) {
    busyMeeting();
    BOOST_TEST(stateOf(recording) == "recording");
    BOOST_TEST(status("DELETE", recording) == 409);
    BOOST_TEST(status("DELETE", "/v1/meetings/m") == 204);
    BOOST_REQUIRE(api.store->flush(std::chrono::seconds(30)).ok());
    const auto kept = ok("GET", recording);
    BOOST_TEST(kept["meeting"].get<std::string>() == "m");
    // The output of this bench writes no file.
    BOOST_TEST(kept["state"].get<std::string>() == "failed");
    BOOST_TEST(kept["finished_at"].is_string());
    BOOST_TEST(status("DELETE", recording) == 204);
    BOOST_TEST(status("GET", recording) == 404);
}

BOOST_AUTO_TEST_CASE(record_on_start_records_from_the_start) {
    ok("POST", "/v1/meetings", R"({"id": "m", "record_on_start": true})");
    BOOST_TEST(total("/v1/recordings") == 0U);
    ok("POST", "/v1/meetings/m:start");
    BOOST_TEST(total("/v1/meetings/m/outputs") == 1U);
    BOOST_TEST(total("/v1/recordings?meeting=m") == 1U);
}

BOOST_AUTO_TEST_CASE(participants_change_what_is_theirs_and_hosts_what_is_anybodys) {
    busyMeeting();
    auto ada = api.as(Role::Participant, "m", "ada");
    auto withSdp = ada;
    withSdp.insert(kSdp.begin(), kSdp.end());
    BOOST_REQUIRE_EQUAL(api.send("POST", "/whip/m", offerOf("chromium_sendonly.sdp"), withSdp).status, 201);
    const auto person =
        "/v1/meetings/m/participants/" + ok("GET", "/v1/meetings/m/participants")["items"][0]["id"].get<std::string>();
    const auto eve = api.as(Role::Participant, "m", "eve"), host = api.as(Role::Host, "m", "hal");
    BOOST_TEST(api.send("PATCH", person, R"({"audio_muted": true})", ada).status == 200);
    BOOST_TEST(api.send("PATCH", person, R"({"spotlight": true})", ada).status == 403);
    BOOST_TEST(api.send("PATCH", person, R"({"audio_muted": false})", eve).status == 403);
    BOOST_TEST(ok("GET", person)["audio_muted"].get<bool>());
    BOOST_TEST(api.send("PATCH", person, R"({"spotlight": true})", host).status == 200);
    BOOST_TEST(api.send("DELETE", person, {}, eve).status == 403);
    BOOST_TEST(api.send("DELETE", person, {}, host).status == 204);
}

BOOST_AUTO_TEST_CASE(files_are_read_from_the_configured_folder_alone) {
    busyMeeting();
    BOOST_TEST(status("POST", "/v1/meetings/m/sources", R"({"kind": "file", "url": "file:a.mp4"})") == 422);
    Config config;
    const TemporaryFolder folder;
    folder.write("secret.mp4", "x");
    folder.write("root/clip.mp4", "x");
    std::filesystem::create_symlink(folder.path() + "/secret.mp4", folder.path() + "/root/link.mp4");
    config.files.root = folder.path() + "/root";
    ApiBench bench(config);
    bench.send("POST", "/v1/meetings", R"({"id": "m"})");
    for (const char* url :
         {"/etc/passwd", "../secret.mp4", "link.mp4", "file:../secret.mp4", "..", ".", "clip.mp4/../../secret.mp4"}) {
        const auto reply =
            bench.send("POST", "/v1/meetings/m/sources", R"({"kind": "file", "url": ")" + std::string(url) + R"("})");
        BOOST_TEST(reply.status == 400, url);
        BOOST_TEST(bodyOf(reply)["field"].get<std::string>() == "url");
    }
    // Found: it is this bench's media that cannot play it.
    const auto found = bench.send("POST", "/v1/meetings/m/sources", R"({"kind": "file", "url": "file:clip.mp4"})");
    BOOST_TEST(bodyOf(found)["detail"].get<std::string>() == "there is no such file");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
