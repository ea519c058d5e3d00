#include "api/store/store.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <boost/test/unit_test.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include "api/audit.h"
#include "api/auth/digest.h"
#include "api/json.h"
#include "api/store/recording_files.h"
#include "tests/support/temporary_folder.h"

namespace tessera {
namespace {

constexpr Duration kLong = std::chrono::seconds(30);

StoreOptions optionsFor(const TemporaryFolder& folder) {
    StoreOptions options;
    options.dir = folder.path() + "/data";
    options.deadline = kLong;
    return options;
}

std::unique_ptr<Store> open(const TemporaryFolder& folder) {
    auto store = Store::create(optionsFor(folder));
    BOOST_REQUIRE(store.ok());
    return std::move(*store);
}

std::string box(const std::string& type, const std::string& payload) {
    const auto size = static_cast<std::uint32_t>(payload.size() + 8);
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8)
        bytes += static_cast<char>((size >> static_cast<unsigned>(shift)) & 255U);
    return bytes + type + payload;
}

const std::string kHeader = box("ftyp", "iso5") + box("moov", "header");
const std::string kFragment = box("moof", "tracks") + box("mdat", "pictures");

RecordingRecord recordingOf(const std::string& id, const std::string& meeting = "mtg_one") {
    RecordingRecord record;
    record.id = *RecordingId::fromString(id);
    record.meeting = *MeetingId::fromString(meeting);
    record.output = OutputId::create();
    record.startedAtMs = 1000;
    return record;
}

MeetingRecord meetingOf(const std::string& id) {
    MeetingRecord record;
    record.id = *MeetingId::fromString(id);
    record.state = MeetingState::Live;
    record.settings = R"({"name":"Böse \"Worte\"; DROP TABLE meetings"})";
    record.createdAtMs = 7;
    return record;
}

void writeFile(const std::string& path, const std::string& content) {
    std::ofstream(path, std::ios::binary) << content;
}

std::string stateOf(Store& store, const std::string& id) {
    const auto record = store.recording(*RecordingId::fromString(id));
    return record ? std::string(toString(record->state)) : "none";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store)

BOOST_AUTO_TEST_CASE(everything_survives_a_restart) {
    const TemporaryFolder folder;
    {
        const auto store = open(folder);
        BOOST_REQUIRE(store->saveMeeting(meetingOf("mtg_one")).ok());
        BOOST_REQUIRE(store->addKey({"key_1", "hash", "robot", Role::Host, "mtg_one", 5}).ok());
        audit(*store, {"alice", "Alice", Role::Host, "mtg_one", Via::Token},
              {"meeting.create", "mtg_one", "192.0.2.7", 201, ""});
        writeFile(*store->createRecording(recordingOf("rec_a")), kHeader + kFragment);
        BOOST_REQUIRE(store->finishRecording(*RecordingId::fromString("rec_a"), 1500, "").ok());
        BOOST_REQUIRE(store->flush(kLong).ok());
    }
    const auto store = open(folder);
    const auto meeting = store->meeting(*MeetingId::fromString("mtg_one"));
    BOOST_REQUIRE(meeting.ok());
    BOOST_TEST(meeting->settings == meetingOf("mtg_one").settings);
    BOOST_TEST((meeting->state == MeetingState::Live));
    BOOST_TEST(store->findKey("hash")->value().name == "robot");
    BOOST_TEST(!store->findKey("hush")->has_value());
    const auto entries = store->auditLog({});
    BOOST_REQUIRE(entries->items.size() == 1U);
    BOOST_TEST(entries->items[0].who == "alice");
    BOOST_TEST(entries->items[0].from == "192.0.2.7");
    BOOST_TEST(entries->items[0].status == 201);
    BOOST_TEST(entries->items[0].atMs > 0);
    const auto recording = store->recording(*RecordingId::fromString("rec_a"));
    BOOST_REQUIRE(recording.ok());
    BOOST_TEST((recording->state == RecordingState::Ready));
    BOOST_TEST(recording->durationMs == 1500);
    BOOST_REQUIRE(recording->files.size() == 2U);
    BOOST_TEST(recording->files[0].name == "recording.mp4");
    BOOST_TEST(recording->files[0].bytes == static_cast<std::int64_t>((kHeader + kFragment).size()));
    BOOST_TEST(recording->files[0].sha256 == sha256Hex(kHeader + kFragment));
    BOOST_TEST(recording->files[1].name == "manifest.json");
}

BOOST_AUTO_TEST_CASE(a_segment_is_listed_when_it_is_finished_and_taken_as_it_is_at_the_end) {
    const TemporaryFolder folder;
    std::atomic<int> finished{0};
    std::vector<std::string> told;
    auto options = optionsFor(folder);
    options.media.finish = [&finished](const std::string&, const std::vector<MediaChapter>&, const auto&) {
        ++finished;
        return MediaWork::Facts{.durationMs = 1000, .videoCodec = "h264", .width = 320, .height = 180};
    };
    options.onSegment = [&told](const RecordingRecord&, const RecordingFile& file) { told.push_back(file.name); };
    const auto id = *RecordingId::fromString("rec_a");
    auto record = recordingOf("rec_a");
    record.files = {{.name = "recording-0001.mp4", .kind = "mp4"}};
    {
        auto store = Store::create(options);
        BOOST_REQUIRE(store.ok());
        const auto first = (*store)->createRecording(record);
        BOOST_REQUIRE(first.ok());
        writeFile(*first, kHeader + kFragment);
        const auto at = first->substr(0, first->rfind('/'));
        writeFile(at + "/recording-0002.mp4", kHeader + kFragment + kFragment);
        writeFile(at + "/timeline.jsonl", R"({"file":"recording-0001.mp4","at_us":0,"meeting_us":2000000})"
                                          "\n");
        BOOST_TEST(((*store)->recordingFile(id, "recording-0001.mp4").error().code == ErrorCode::NotFound));
        (*store)->finishSegment(*first);
        BOOST_REQUIRE((*store)->flush(kLong).ok());
        const auto now = (*store)->recording(id);
        BOOST_TEST((now->state == RecordingState::Recording));
        BOOST_REQUIRE(now->files.size() == 1U);
        BOOST_TEST(now->files[0].sha256 == sha256Hex(kHeader + kFragment));
        BOOST_TEST(now->files[0].durationMs == 1000);
        BOOST_TEST(now->files[0].beginsAtMs.value_or(0) == 2000);
        BOOST_TEST(*(*store)->recordingFile(id, "recording-0001.mp4") == *first);
        BOOST_TEST(told == std::vector<std::string>{"recording-0001.mp4"}, boost::test_tools::per_element());
    }
    BOOST_TEST(finished == 1);
    // As after a crash: what was finished stays as it is, the rest is finished now.
    auto store = Store::create(options);
    BOOST_REQUIRE(store.ok());
    BOOST_REQUIRE((*store)->flush(kLong).ok());
    const auto done = (*store)->recording(id);
    BOOST_TEST((done->state == RecordingState::Ready));
    BOOST_TEST(finished == 2);
    BOOST_TEST(done->durationMs == 2000);
    BOOST_REQUIRE(done->files.size() == 3U);
    BOOST_TEST(done->files[0].sha256 == sha256Hex(kHeader + kFragment));
    BOOST_TEST(done->files[1].name == "recording-0002.mp4");
    BOOST_TEST(done->files[2].name == "manifest.json");
}

BOOST_AUTO_TEST_CASE(saving_twice_replaces_and_unknown_ids_are_not_found) {
    const TemporaryFolder folder;
    const auto store = open(folder);
    auto meeting = meetingOf("mtg_one");
    BOOST_REQUIRE(store->saveMeeting(meeting).ok());
    meeting.state = MeetingState::Ended;
    BOOST_REQUIRE(store->saveMeeting(meeting).ok());
    BOOST_TEST((store->meeting(meeting.id)->state == MeetingState::Ended));
    BOOST_TEST(store->meetings({})->total == 1);
    BOOST_TEST(store->deleteMeeting(meeting.id).ok());
    BOOST_TEST((store->deleteMeeting(meeting.id).error().code == ErrorCode::NotFound));
    BOOST_TEST((store->meeting(meeting.id).error().code == ErrorCode::NotFound));
    BOOST_TEST((store->recording(RecordingId::create()).error().code == ErrorCode::NotFound));
    BOOST_TEST((store->finishRecording(RecordingId::create(), 0, "").error().code == ErrorCode::NotFound));
    BOOST_TEST((store->removeKey("key_x").error().code == ErrorCode::NotFound));
}

BOOST_AUTO_TEST_CASE(pages_neither_repeat_nor_miss) {
    const TemporaryFolder folder;
    const auto store = open(folder);
    for (int i = 0; i < 7; ++i) BOOST_REQUIRE(store->saveMeeting(meetingOf("mtg_" + std::to_string(i))).ok());
    std::string seen;
    PageRequest request{3, ""};
    for (;;) {
        const auto page = store->meetings(request);
        BOOST_REQUIRE(page.ok());
        BOOST_TEST(page->total == 7);
        for (const auto& item : page->items) seen += item.id.toString().back();
        if (!page->nextCursor) break;
        request.cursor = *page->nextCursor;
        BOOST_REQUIRE(store->deleteMeeting(page->items.front().id).ok());  // does not disturb the next page
        BOOST_REQUIRE(store->saveMeeting(page->items.front()).ok());
        if (seen.size() > 20) break;
    }
    BOOST_TEST(seen.substr(0, 7) == "0123456");
    for (const PageRequest& bad : {PageRequest{0, ""}, PageRequest{201, ""}, PageRequest{10, "x"},
                                   PageRequest{10, "-1"}, PageRequest{10, "1; DROP TABLE meetings"}}) {
        BOOST_TEST((store->meetings(bad).error().code == ErrorCode::InvalidArgument));
    }
}

BOOST_AUTO_TEST_CASE(recordings_are_listed_by_meeting_newest_first) {
    const TemporaryFolder folder;
    const auto store = open(folder);
    for (const char* id : {"rec_a", "rec_b", "rec_c"}) {
        BOOST_REQUIRE(store->createRecording(recordingOf(id, id == std::string("rec_b") ? "mtg_two" : "mtg_one")).ok());
    }
    const auto all = store->recordings({}, {});
    BOOST_REQUIRE(all->items.size() == 3U);
    BOOST_TEST(all->items[0].id.toString() == "rec_c");
    BOOST_TEST(store->recordings(*MeetingId::fromString("mtg_two"), {})->total == 1);
    BOOST_TEST((store->createRecording(recordingOf("rec_a")).error().code == ErrorCode::Conflict));
}

BOOST_AUTO_TEST_CASE(a_recording_is_deleted_with_its_files_once_it_is_finished) {
    const TemporaryFolder folder;
    const auto store = open(folder);
    const auto id = *RecordingId::fromString("rec_a");
    const auto path = store->createRecording(recordingOf("rec_a"));
    writeFile(*path, kHeader + kFragment);
    BOOST_TEST((store->deleteRecording(id).error().code == ErrorCode::Conflict));
    BOOST_TEST((store->recordingFile(id, "recording.mp4").error().code == ErrorCode::NotFound));
    BOOST_REQUIRE(store->finishRecording(id, 10, "").ok());
    BOOST_TEST((store->finishRecording(id, 10, "").error().code == ErrorCode::Conflict));
    BOOST_REQUIRE(store->flush(kLong).ok());
    BOOST_TEST(*store->recordingFile(id, "recording.mp4") == *path);
    BOOST_TEST((store->recordingFile(id, "other.mp4").error().code == ErrorCode::NotFound));
    BOOST_TEST(store->deleteRecording(id).ok());
    BOOST_TEST(!std::filesystem::exists(*path));
    BOOST_TEST((store->deleteRecording(id).error().code == ErrorCode::NotFound));
}

BOOST_AUTO_TEST_CASE(the_manifest_tells_files_and_what_happened_meanwhile) {
    const TemporaryFolder folder;
    const auto store = open(folder);
    const MeetingId meeting = *MeetingId::fromString("mtg_one");
    const auto event = [&](const MeetingId& of, const std::string& type) {
        store->noteEvent(
            {.meeting = of, .type = type, .subject = "par_a", .detail = "", .at = MediaTime(Duration(7'000'000))});
    };
    event(meeting, "before.it");
    const auto path = store->createRecording(recordingOf("rec_a"));
    writeFile(*path, kHeader + kFragment);
    event(meeting, "participant.joined");
    event(*MeetingId::fromString("mtg_two"), "other.meeting");
    const auto id = *RecordingId::fromString("rec_a");
    BOOST_REQUIRE(store->finishRecording(id, 1500, "").ok());
    event(meeting, "after.it");
    BOOST_REQUIRE(store->flush(kLong).ok());
    std::ifstream file(*store->recordingFile(id, "manifest.json"));
    const Json manifest = Json::parse(file, nullptr, false);
    BOOST_REQUIRE(manifest.is_object());
    BOOST_TEST(manifest["recording"] == "rec_a");
    BOOST_TEST(manifest["meeting"] == "mtg_one");
    BOOST_TEST(manifest["files"][0]["sha256"] == sha256Hex(kHeader + kFragment));
    BOOST_REQUIRE(manifest["events"].size() == 1U);
    BOOST_TEST(manifest["events"][0]["type"] == "participant.joined");
    BOOST_TEST(manifest["events"][0]["at_ms"] == 7);
}

BOOST_AUTO_TEST_CASE(old_recordings_and_those_beyond_the_size_are_retired) {
    const std::string media = kHeader + box("moof", "tracks") + box("mdat", std::string(10'000, 'x'));
    for (const bool byAge : {true, false}) {
        const TemporaryFolder folder;
        auto options = optionsFor(folder);
        const auto now = std::make_shared<std::atomic<std::int64_t>>(1000);
        options.nowMs = [now] { return now->load(); };
        if (byAge) options.retention.maximumAgeMs = 5000;
        if (!byAge) options.retention.maximumBytes = 25'000;  // two of them with their manifests
        auto store = Store::create(options);
        BOOST_REQUIRE(store.ok());
        for (const std::string id : {"rec_a", "rec_b", "rec_c"}) {
            *now += 3000;
            writeFile(*(*store)->createRecording(recordingOf(id)), media);
            BOOST_REQUIRE((*store)->finishRecording(*RecordingId::fromString(id), 1500, "").ok());
            BOOST_REQUIRE((*store)->flush(kLong).ok());
        }
        BOOST_TEST(stateOf(**store, "rec_a") == "none");
        BOOST_TEST(!std::filesystem::exists(folder.path() + "/recordings/rec_a"));
        BOOST_TEST(stateOf(**store, "rec_c") == "ready");
        BOOST_TEST(stateOf(**store, "rec_b") == "ready");
    }
}

BOOST_AUTO_TEST_CASE(a_failed_recording_says_why) {
    const TemporaryFolder folder;
    const auto store = open(folder);
    writeFile(*store->createRecording(recordingOf("rec_a")), kHeader);
    writeFile(*store->createRecording(recordingOf("rec_b")), kHeader + kFragment);
    BOOST_REQUIRE(store->finishRecording(*RecordingId::fromString("rec_a"), 0, "").ok());
    BOOST_REQUIRE(store->finishRecording(*RecordingId::fromString("rec_b"), 0, "the disk is full").ok());
    BOOST_REQUIRE(store->flush(kLong).ok());
    BOOST_TEST(stateOf(*store, "rec_a") == "failed");
    BOOST_TEST(store->recording(*RecordingId::fromString("rec_b"))->error == "the disk is full");
    BOOST_TEST(stateOf(*store, "rec_b") == "failed");
}

BOOST_AUTO_TEST_CASE(recordings_that_a_kill_left_behind_are_recovered) {
    const TemporaryFolder folder;
    const pid_t child = ::fork();
    if (child == 0) {
        auto store = Store::create(optionsFor(folder));
        writeFile(*(*store)->createRecording(recordingOf("rec_media")), kHeader + kFragment + kFragment.substr(0, 20));
        writeFile(*(*store)->createRecording(recordingOf("rec_header")), kHeader);
        if (!(*store)->createRecording(recordingOf("rec_nothing"))) ::_exit(1);
        if (!(*store)->claimIdempotencyKey("a", "k", "f")) ::_exit(1);
        ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    BOOST_REQUIRE(WIFSIGNALED(status));
    auto options = optionsFor(folder);
    options.media.finish = [](const std::string& path, const std::vector<MediaChapter>&, const std::atomic<bool>&) {
        return MediaWork::Facts{.durationMs = path.find("rec_media/recording.mp4") == std::string::npos ? 0 : 1234};
    };
    auto store = Store::create(options);
    BOOST_REQUIRE(store.ok());
    BOOST_REQUIRE((*store)->flush(kLong).ok());
    BOOST_TEST(stateOf(**store, "rec_media") == "ready");
    BOOST_TEST((*store)->recording(*RecordingId::fromString("rec_media"))->durationMs == 1234);
    BOOST_TEST(stateOf(**store, "rec_header") == "failed");
    BOOST_TEST(stateOf(**store, "rec_nothing") == "failed");
    BOOST_TEST(((*store)->claimIdempotencyKey("a", "k", "f")->state == IdempotencyClaim::State::Fresh));
}

BOOST_AUTO_TEST_CASE(one_server_owns_a_folder_and_the_command_line_may_visit) {
    const TemporaryFolder folder;
    const auto owner = open(folder);
    BOOST_REQUIRE(owner->createRecording(recordingOf("rec_live")).ok());
    const auto second = Store::create(optionsFor(folder));
    BOOST_REQUIRE(!second.ok());
    BOOST_TEST(second.error().field == "data.dir");
    auto visit = optionsFor(folder);
    visit.isOwner = false;
    {
        auto visitor = Store::create(visit);
        BOOST_REQUIRE(visitor.ok());
        BOOST_TEST((*visitor)->addKey({"key_1", "hash", "", Role::Admin, "*", 0}).ok());
        BOOST_TEST(
            ((*visitor)->addKey({"key_2", "hash", "", Role::Admin, "*", 0}).error().code == ErrorCode::Conflict));
    }
    BOOST_TEST(owner->findKey("hash")->has_value());
    BOOST_TEST(stateOf(*owner, "rec_live") == "recording");
}

BOOST_AUTO_TEST_CASE(the_schema_is_versioned_and_newer_ones_are_refused) {
    const TemporaryFolder folder;
    BOOST_TEST(open(folder)->stop().ok());
    const auto file = folder.path() + "/data/tessera.db";
    {
        SQLite::Database database(file, SQLite::OPEN_READWRITE);
        BOOST_TEST(database.execAndGet("PRAGMA user_version").getInt() >= 1);
        BOOST_TEST(database.execAndGet("PRAGMA journal_mode").getString() == "wal");
        database.exec("PRAGMA user_version = 999");
    }
    const auto newer = Store::create(optionsFor(folder));
    BOOST_REQUIRE(!newer.ok());
    BOOST_TEST(newer.error().field == "data.dir");
    writeFile(file, std::string(8192, 'x'));
    BOOST_TEST(!Store::create(optionsFor(folder)).ok());
}

BOOST_AUTO_TEST_CASE(folders_that_cannot_be_used_are_refused) {
    const TemporaryFolder folder;
    auto options = optionsFor(folder);
    options.dir = folder.write("file", "") + "/data";
    BOOST_TEST(Store::create(options).error().field == "data.dir");
    options.dir = "/proc/tessera";
    BOOST_TEST(Store::create(options).error().field == "data.dir");
}

BOOST_AUTO_TEST_CASE(an_idempotency_key_repeats_its_reply_for_a_day) {
    using State = IdempotencyClaim::State;
    const TemporaryFolder folder;
    std::atomic<std::int64_t> now{1'000'000};
    auto options = optionsFor(folder);
    options.nowMs = [&] { return now.load(); };
    auto created = Store::create(options);
    BOOST_REQUIRE(created.ok());
    auto& store = **created;
    const auto claim = [&](const char* scope, const char* fingerprint) {
        return store.claimIdempotencyKey(scope, "k", fingerprint)->state;
    };
    BOOST_TEST((claim("a", "f") == State::Fresh));
    BOOST_TEST((claim("a", "f") == State::InProgress));
    BOOST_TEST((claim("b", "f") == State::Fresh));
    BOOST_REQUIRE(store.completeIdempotencyKey("a", "k", {201, "/v1/meetings/m", "{}"}).ok());
    const auto again = store.claimIdempotencyKey("a", "k", "f");
    BOOST_TEST((again->state == State::Done));
    BOOST_TEST(again->reply.status == 201);
    BOOST_TEST(again->reply.location == "/v1/meetings/m");
    BOOST_TEST(again->reply.body == "{}");
    BOOST_TEST((claim("a", "other") == State::Mismatch));
    BOOST_REQUIRE(store.releaseIdempotencyKey("b", "k").ok());
    BOOST_TEST((claim("b", "other") == State::Fresh));
    now += 24LL * 3600 * 1000 - 1;
    BOOST_TEST((claim("a", "f") == State::Done));
    now += 1;
    BOOST_TEST((claim("a", "f") == State::Fresh));
}

BOOST_AUTO_TEST_CASE(a_stopped_store_answers_conflict_and_keeps_what_was_accepted) {
    const TemporaryFolder folder;
    {
        const auto store = open(folder);
        for (int i = 0; i < 200; ++i) audit(*store, {}, {"a.b", std::to_string(i), "::1", 200, std::string(2000, 'd')});
        BOOST_TEST(store->stop().ok());
        BOOST_TEST(store->stop().ok());
        BOOST_TEST((store->keys().error().code == ErrorCode::Conflict));
    }
    const auto entries = open(folder)->auditLog({200, ""});
    BOOST_TEST(entries->total == 200);
    BOOST_TEST(entries->items[0].subject == "199");
    BOOST_TEST(entries->items[0].detail.size() == 512U);
}

BOOST_AUTO_TEST_CASE(only_plain_files_in_a_recordings_own_folder_are_named) {
    const TemporaryFolder folder;
    const auto path = folder.write("recordings/rec_a/recording.mp4", "x");
    folder.write("recordings/rec_b/secret.mp4", "x");
    folder.write("secret.mp4", "x");
    std::filesystem::create_symlink(folder.path() + "/secret.mp4", folder.path() + "/recordings/rec_a/link.mp4");
    std::filesystem::create_directory_symlink(folder.path() + "/recordings/rec_b", folder.path() + "/recordings/rec_c");
    std::filesystem::create_directory(folder.path() + "/recordings/rec_a/folder.mp4");
    BOOST_TEST(*resolveRecordingFile(folder.path(), "rec_a", "recording.mp4") == path);
    for (const std::string name :
         {"", ".", "..", "../rec_b/secret.mp4", "..%2fsecret.mp4", "/etc/passwd", "recording.mp4/", "recording", ".mp4",
          "recording.mp4.", "link.mp4", "folder.mp4", "none.mp4", "a\\b.mp4", "recording.m_4", "x..mp4"}) {
        BOOST_TEST_CONTEXT(name) BOOST_TEST(!resolveRecordingFile(folder.path(), "rec_a", name).ok());
    }
    BOOST_TEST(!resolveRecordingFile(folder.path(), "rec_a", std::string("recording.mp4\0", 14)).ok());
    for (const std::string id : {"", "..", "../recordings/rec_a", "rec_c", "rec_a/", "."}) {
        const auto name = id == "rec_c" ? "secret.mp4" : "recording.mp4";
        BOOST_TEST_CONTEXT(id) BOOST_TEST(!resolveRecordingFile(folder.path(), id, name).ok());
    }
}

BOOST_AUTO_TEST_CASE(a_file_holds_media_after_its_first_whole_fragment) {
    const TemporaryFolder folder;
    const auto holds = [&](const std::string& bytes) { return holdsMedia(folder.write("f.mp4", bytes)); };
    const auto whole = kHeader + kFragment;
    for (std::size_t length = 0; length < whole.size(); ++length) BOOST_TEST(!holds(whole.substr(0, length)));
    BOOST_TEST(holds(whole));
    BOOST_TEST(holds(whole + "garbage"));
    BOOST_TEST(holds(kHeader + box("mdat", "x")), "as a finished file does");
    BOOST_TEST(!holds(box("ftyp", "iso5") + box("mdat", "x")));
    BOOST_TEST(!holds(kHeader + box("moof", "x") + box("mdat", "")));
    BOOST_TEST(!holds(std::string("\0\0\0\4free", 8) + whole));
    BOOST_TEST(holds(kHeader + box("moof", "x") + std::string("\0\0\0\1mdat\0\0\0\0\0\0\0\x11x", 17)));
    BOOST_TEST(!holdsMedia(folder.path() + "/none"));
}

BOOST_AUTO_TEST_CASE(webhooks_and_what_they_have_not_taken_survive_a_restart) {
    const TemporaryFolder folder;
    WebhookRecord hook;
    hook.id = WebhookId::create();
    hook.url = "https://example.org/";
    hook.events = {"output.*", "recording.failed"};
    hook.secret = "secret";
    {
        const auto store = open(folder);
        BOOST_REQUIRE(store->saveWebhook(hook).ok());
        store->addDelivery({hook.id, "event-1", "{}", 5});
        store->addDelivery({hook.id, "event-2", "{}", 6});
        store->addDelivery({hook.id, "event-2", "{}", 6});  // again
        store->addDelivery({WebhookId::create(), "event-3", "{}", 7});
        store->removeDelivery(hook.id, "event-1");
    }
    const auto store = open(folder);
    const auto hooks = store->webhooks();
    BOOST_REQUIRE(hooks.ok());
    BOOST_REQUIRE(hooks->size() == 1U);
    BOOST_TEST((hooks->front().events == hook.events));
    BOOST_TEST(hooks->front().secret == "secret");
    const auto left = store->deliveries();
    BOOST_REQUIRE(left->size() == 1U);
    BOOST_TEST(left->front().event == "event-2");
    BOOST_REQUIRE(store->deleteWebhook(hook.id).ok());
    BOOST_TEST(store->deliveries()->empty());
    BOOST_TEST((store->deleteWebhook(hook.id).error().code == ErrorCode::NotFound));
}

BOOST_AUTO_TEST_CASE(an_upload_goes_on_after_a_restart_and_goes_with_its_recording) {
    const TemporaryFolder folder;
    const auto recording = recordingOf("rec_up");
    {
        const auto store = open(folder);
        BOOST_REQUIRE(store->createRecording(recording).ok());
        UploadRecord upload;
        upload.recording = recording.id;
        upload.target = "archive";
        store->addUpload(upload);
        upload.progress = R"({"recording.mp4":{}})";
        BOOST_REQUIRE(store->saveUpload(upload).ok());
    }
    const auto store = open(folder);
    const auto waiting = store->waitingUploads();
    BOOST_REQUIRE(waiting->size() == 1U);
    BOOST_TEST(waiting->front().progress == R"({"recording.mp4":{}})");
    BOOST_REQUIRE(store->flush(kLong).ok());
    BOOST_REQUIRE(store->deleteRecording(recording.id).ok());
    BOOST_TEST(store->uploads(recording.id)->empty());
    BOOST_TEST((store->upload(recording.id, "archive").error().code == ErrorCode::NotFound));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
