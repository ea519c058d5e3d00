#include "api/json_score.h"

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "pipelines/ingest/ingest_catalog.h"
#include "tests/support/temporary_folder.h"

namespace tessera {
namespace {

SourceId sourceId(std::string_view text) {
    return *SourceId::fromString(text);
}

MeetingScore someScore() {
    MeetingScore score{.at = MediaTime(std::chrono::microseconds(1'033'333)),
                       .rate = {30'000, 1001},
                       .playoutDelay = std::chrono::milliseconds(80),
                       .talkers = 3,
                       .audio = {.denoise = true, .agc = false, .stereo = true}};
    score.sources.push_back({.id = sourceId("src_a"),
                             .name = "Ada",
                             .kind = "webrtc",
                             .participant = *ParticipantId::fromString("par_a"),
                             .audioMuted = true,
                             .pinned = true,
                             .spotlight = true,
                             .gainDb = -3.5,
                             .orientation = {3, true}});
    const auto bars = completeIngest({.kind = "test", .name = "Bars"});
    BOOST_REQUIRE(bars.ok());
    score.sources.push_back({.id = sourceId("src_b"),
                             .name = "Bars",
                             .kind = bars->kind,
                             .params = bars->params,
                             .isScreen = true,
                             .videoMuted = true,
                             .denoise = true,
                             .agc = true});
    ScoreView main{.id = *ViewId::fromString("main"), .spec = {{1280, 720}, score.rate, {}}};
    main.spec.scene.layout = "speaker";
    main.spec.scene.params.strip = "left";
    main.spec.scene.border = 4;
    main.spec.scene.transition = {TransitionKind::Move, std::chrono::milliseconds(500)};
    OverlaySpec title{.text = "Live", .style = {.bold = true}, .fromMs = 1000};
    main.overlays.push_back({*OverlayId::fromString("ovl_1"), title});
    score.views.push_back(main);
    score.views.push_back({.id = *ViewId::fromString("viw_2"), .spec = {{640, 360}, score.rate, {}}});
    return score;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    const auto at = text.find(what);
    BOOST_REQUIRE_MESSAGE(at != std::string::npos, what);
    return text.replace(at, what.size(), by);
}

std::string fieldOf(const std::string& line) {
    const auto read = readScoreLine(line);
    return read.ok() ? "" : read.error().field;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_score)

BOOST_AUTO_TEST_CASE(a_score_survives_the_way_there_and_back) {
    const MeetingScore score = someScore();
    const std::string line = toScoreLine(score);
    BOOST_TEST(line.find('\n') == std::string::npos);
    const auto read = readScoreLine(line);
    BOOST_REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : read.error().message));
    BOOST_REQUIRE(read->score != nullptr);
    BOOST_TEST(toScoreLine(*read->score) == line);
    BOOST_TEST((read->at == score.at));
    BOOST_TEST((read->score->rate == score.rate));
    BOOST_TEST((read->score->playoutDelay == score.playoutDelay));
    BOOST_TEST((read->score->audio == score.audio));
    const auto& ada = read->score->sources.at(0);
    BOOST_TEST((ada.orientation == score.sources[0].orientation));
    BOOST_TEST((ada.participant == score.sources[0].participant));
    BOOST_TEST(ada.gainDb == -3.5);
    BOOST_TEST((read->score->sources.at(1).params == score.sources[1].params));
    BOOST_TEST((read->score->views.at(0).spec.scene == score.views[0].spec.scene));
    BOOST_TEST((read->score->views.at(0).overlays.at(0).spec == score.views[0].overlays[0].spec));
    BOOST_TEST((read->score->views.at(1).spec.canvas == Size{640, 360}));
    BOOST_TEST((read->score->views.at(1).spec.rate == score.rate));
}

BOOST_AUTO_TEST_CASE(an_order_of_speakers_survives_the_way_there_and_back) {
    const std::vector<SourceId> speakers{sourceId("src_b"), sourceId("src_a")};
    const auto read = readScoreLine(toScoreLine(MediaTime(std::chrono::seconds(7)), speakers));
    BOOST_REQUIRE(read.ok());
    BOOST_TEST((read->score == nullptr));
    BOOST_TEST((read->at == MediaTime(std::chrono::seconds(7))));
    BOOST_TEST((read->speakers == speakers));
}

BOOST_AUTO_TEST_CASE(credentials_are_not_written) {
    auto score = someScore();
    const auto row = findIngest("srt");
    BOOST_REQUIRE(row.ok());
    Params given;
    given.set("url", std::string("srt://ann:hidden@192.0.2.1:9000"));
    given.set("passphrase", std::string("very-much-hidden"));
    const auto params = completeParams((*row)->params, given);
    BOOST_REQUIRE_MESSAGE(params.ok(), (params.ok() ? "" : params.error().message));
    score.sources[1].kind = "srt";
    score.sources[1].params = *params;
    const std::string line = toScoreLine(score);
    BOOST_TEST(line.find("hidden") == std::string::npos);
    BOOST_TEST(readScoreLine(line).ok());
}

BOOST_AUTO_TEST_CASE(names_of_any_bytes_are_read_back) {
    auto score = someScore();
    score.sources[0].name = std::string("two\nlines \xff\xfe") + std::string(5000, 'x');
    const auto read = readScoreLine(toScoreLine(score));
    BOOST_REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : read.error().message));
    BOOST_TEST(read->score->sources[0].name.starts_with("two lines"));
}

BOOST_AUTO_TEST_CASE(faults_are_named_by_their_path) {
    const std::string line = toScoreLine(someScore());
    BOOST_TEST(fieldOf(line) == "");
    BOOST_TEST(!readScoreLine("{").ok());
    BOOST_TEST(fieldOf(R"({"at_us":5})") == "speakers");
    BOOST_TEST(fieldOf(R"({"speakers":[]})") == "at_us");
    BOOST_TEST(fieldOf(R"({"at_us":-1,"speakers":[]})") == "at_us");
    BOOST_TEST(fieldOf(R"({"at_us":5,"speakers":["../x"]})") == "speakers");
    BOOST_TEST(fieldOf(R"({"at_us":5,"speakers":[],"more":1})") == "more");
    BOOST_TEST(fieldOf(replaced(line, R"("talkers":3)", R"("talkers":65)")) == "score.talkers");
    BOOST_TEST(fieldOf(replaced(line, R"("num":30000)", R"("num":0)")) == "score.rate.num");
    BOOST_TEST(fieldOf(replaced(line, R"("id":"src_a")", R"("id":"a/b")")) == "score.sources[0].id");
    BOOST_TEST(fieldOf(replaced(line, R"("rotation":270)", R"("rotation":45)")) == "score.sources[0].rotation");
    BOOST_TEST(fieldOf(replaced(line, R"("width":1280)", R"("width":9)")) == "score.views[0].canvas.width");
    BOOST_TEST(fieldOf(replaced(line, R"("kind":"test")", R"("kind":"none")")) == "score.sources[1].params");
}

BOOST_AUTO_TEST_CASE(a_line_that_was_cut_off_is_left_out) {
    const TemporaryFolder folder;
    const std::string path = folder.path() + "/score.jsonl";
    BOOST_TEST((readScoreFile(path).error().code == ErrorCode::NotFound));
    const std::string line = toScoreLine(someScore());
    std::ofstream(path) << line << '\n' << line << '\n' << line.substr(0, 200);
    const auto read = readScoreFile(path);
    BOOST_REQUIRE(read.ok());
    BOOST_TEST(read->size() == 2U);
    std::ofstream(path) << line << "\n{}\n";
    BOOST_TEST((readScoreFile(path).error().code == ErrorCode::InvalidArgument));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
