#include "api/renders.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "api/json_render.h"
#include "api/json_score.h"
#include "api/media_work.h"
#include "api/recorded_meeting.h"
#include "api/store/recording_files.h"
#include "pipelines/media_factory.h"
#include "tests/unit/api/api_bench.h"

namespace tessera {
namespace {

using test::ApiBench;
using test::bodyOf;

constexpr std::int64_t kOriginUs = 5'000'000;

MeetingScore scoreOfTestSource() {
    MeetingScore score;
    score.at = MediaTime(std::chrono::microseconds(kOriginUs));
    score.playoutDelay = std::chrono::milliseconds(80);
    ScoreSource source{.id = SourceId::fromString("src_test").value(), .name = "Test", .kind = "test"};
    source.params.set("pattern", "flash");
    source.params.set("audio", "beep");
    score.sources.push_back(source);
    score.views.push_back({.id = ViewId::fromString("main").value(), .spec = {.canvas = {320, 180}}});
    return score;
}

Json manifestOf(std::int64_t durationMs) {
    return {{"started_at", "2026-01-01T00:00:05Z"},
            {"duration_ms", durationMs},
            {"origin_us", kOriginUs},
            {"files", Json::array()}};
}

void writeText(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

/// A server's API with one isolated recording of a test source.
class RenderBench : public ApiBench {
public:
    explicit RenderBench(std::int64_t durationMs = 1000) {
        config.data.dir = folder.path();
        RecordingRecord record;
        record.id = id;
        record.meeting = MeetingId::fromString("board").value();
        BOOST_REQUIRE(store->createRecording(record).ok());
        const auto place = recordingFolder(folder.path(), id);
        writeText(place + "/recording.mkv", "media");
        BOOST_REQUIRE(store->finishRecording(id, durationMs, "").ok());
        BOOST_REQUIRE(store->flush(std::chrono::seconds(10)).ok());
        writeText(place + "/manifest.json", manifestOf(durationMs).dump());
        writeText(place + "/score.jsonl", toScoreLine(scoreOfTestSource()) + "\n");
        factory = createMediaFactory();
        renders = std::make_unique<Renders>(*store, *factory);
        services->renders = renders.get();
        services->media = factory.get();
    }
    ~RenderBench() { renders->stop(); }

    std::string target() const { return "/v1/recordings/" + id.toString(); }
    Json get(const std::string& recording) { return bodyOf(send("GET", "/v1/recordings/" + recording)); }
    /// What has become of it, once it is not being rendered any more.
    Json wait(const std::string& recording) {
        const SteadyClock now;
        const auto deadline = now.now() + std::chrono::seconds(60);
        while (now.now() < deadline) {
            const auto json = get(recording);
            if (json["state"] != "finalizing") return json;
            now.sleepUntil(now.now() + std::chrono::milliseconds(20));
        }
        return get(recording);
    }

    const RecordingId id = RecordingId::create();
    std::unique_ptr<MediaFactory> factory;
    std::unique_ptr<Renders> renders;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(renders)

BOOST_AUTO_TEST_CASE(a_rendered_recording_is_one_like_any_other) {
    RenderBench bench;
    const auto reply = bench.send("POST", bench.target() + ":render", R"({"layout": "single", "bitrate_kbps": 800})");
    BOOST_TEST(reply.status == 201);
    const auto made = bodyOf(reply);
    const auto name = made["id"].get<std::string>();
    BOOST_TEST(made["state"] == "finalizing");
    BOOST_TEST(made["meeting"] == "board");
    BOOST_TEST(made["render"]["recording"] == bench.id.toString());
    BOOST_TEST(made["render"]["options"]["layout"] == "single");
    const auto ready = bench.wait(name);
    BOOST_TEST(ready["state"] == "ready", ready.dump());
    BOOST_TEST(ready["render"]["warnings"].empty());
    BOOST_TEST(!ready["render"].contains("progress"));
    BOOST_TEST(ready["files"][0]["name"] == "recording.mp4");
    BOOST_TEST(ready["files"][0]["bytes"].get<int>() > 1000);
    BOOST_TEST(bench.send("DELETE", "/v1/recordings/" + name).status == 204);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_rendered_is_refused) {
    RenderBench bench;
    const auto statusOf = [&](const std::string& body) {
        return bench.send("POST", bench.target() + ":render", body).status;
    };
    BOOST_TEST(statusOf(R"({"layout": "spiral"})") == 400);
    BOOST_TEST(statusOf(R"({"exclude": ["Nobody"]})") == 400);
    BOOST_TEST(statusOf(R"({"canvas": {"width": 640}})") == 400);
    BOOST_TEST(statusOf(R"({"from_ms": 5000})") == 400);
    BOOST_TEST(statusOf(R"({"speed": 2})") == 400);
    BOOST_TEST(statusOf(R"({"view": "other"})") == 404);
    BOOST_TEST(bench.send("POST", "/v1/recordings/rec_none:render", "{}").status == 404);
    const auto place = recordingFolder(bench.folder.path(), bench.id);
    auto programme = manifestOf(1000);
    programme.erase("origin_us");
    writeText(place + "/manifest.json", programme.dump());
    BOOST_TEST(statusOf("{}") == 409);
    BOOST_TEST(bench.send("POST", bench.target() + ":render", "{}", bench.as(Role::Presenter)).status == 403);
    BOOST_TEST(bodyOf(bench.send("GET", "/v1/recordings"))["total"] == 1);
}

BOOST_AUTO_TEST_CASE(one_that_runs_or_waits_is_given_up_by_deleting_it) {
    RenderBench bench(24LL * 3600 * 1000);
    const auto render = [&] {
        return bodyOf(bench.send("POST", bench.target() + ":render", "{}"))["id"].get<std::string>();
    };
    const auto first = render(), second = render();
    BOOST_TEST(bench.send("DELETE", bench.target()).status == 409);
    BOOST_TEST(bench.send("DELETE", "/v1/recordings/" + second).status == 204);
    BOOST_TEST(bench.send("DELETE", "/v1/recordings/" + first).status == 204);
    BOOST_TEST(bench.send("GET", "/v1/recordings/" + first).status == 404);
    BOOST_TEST(!std::filesystem::exists(bench.folder.path() + "/recordings/" + first));
    const auto third = render();
    bench.renders->stop();
    BOOST_TEST(bench.wait(third)["state"] == "failed");
    BOOST_TEST(bench.send("DELETE", bench.target()).status == 204);
}

BOOST_AUTO_TEST_CASE(half_a_rendering_is_failed_after_a_crash) {
    TemporaryFolder folder;
    RecordingRecord record;
    record.id = RecordingId::create();
    record.meeting = MeetingId::create();
    record.render = toRenderText(RecordingId::create(), Json::object(), nullptr);
    {
        auto store = Store::create({.dir = folder.path(), .media = {}});
        BOOST_REQUIRE(store.ok());
        const auto path = (*store)->createRecording(record);
        BOOST_REQUIRE(path.ok());
        writeText(*path, "half");
    }
    auto store = Store::create({.dir = folder.path(), .media = {}});
    BOOST_REQUIRE(store.ok());
    const auto found = (*store)->recording(record.id);
    BOOST_REQUIRE(found.ok());
    BOOST_TEST((found->state == RecordingState::Failed));
    BOOST_TEST(found->error.find("render it again") != std::string::npos);
    BOOST_TEST(found->files.empty());
}

BOOST_AUTO_TEST_CASE(a_folder_tells_origin_end_files_and_score) {
    TemporaryFolder folder;
    auto manifest = manifestOf(0);
    const Json late = {{"name", "src_b-1.mkv"}, {"kind", "mkv"},         {"source", "src_b"},
                       {"begins_ms", 60'000},   {"duration_ms", 30'000}, {"rotation", 90}};
    manifest["files"] = {late,
                         {{"name", "src_a-1.mkv"}, {"kind", "mkv"}, {"source", "src_a"}, {"duration_ms", 70'000}},
                         {{"name", "poster.jpg"}, {"kind", "poster"}}};
    folder.write("manifest.json", manifest.dump());
    const SourceId speaker = SourceId::fromString("src_a").value();
    folder.write("score.jsonl", toScoreLine(scoreOfTestSource()) + "\n" +
                                    toScoreLine(MediaTime(std::chrono::seconds(6)), {&speaker, 1}) + "\n");
    const auto meeting = readRecordedMeeting(folder.path());
    BOOST_REQUIRE_MESSAGE(meeting.ok(), (meeting.ok() ? "" : meeting.error().message));
    BOOST_TEST((meeting->origin == MediaTime(std::chrono::seconds(5))));
    BOOST_TEST((meeting->end == MediaTime(std::chrono::seconds(95))));
    BOOST_TEST((meeting->wallAtEpoch == std::chrono::seconds(1'767'225'600)));
    BOOST_REQUIRE(meeting->files.size() == 2U);
    BOOST_TEST(meeting->files[1].quarterTurns == 1);
    BOOST_TEST(meeting->files[0].path == folder.path() + "/src_a-1.mkv");
    BOOST_TEST(meeting->scores.size() == 1U);
    BOOST_TEST(meeting->speakers.size() == 1U);
    BOOST_TEST((readRecordedMeeting(folder.path() + "/none").error().code == ErrorCode::NotFound));
    manifest["files"][0]["name"] = "../../etc.mkv";
    folder.write("manifest.json", manifest.dump());
    BOOST_TEST((readRecordedMeeting(folder.path()).error().code == ErrorCode::InvalidArgument));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
