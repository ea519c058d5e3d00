#include "api/store/recording_score.h"

#include <boost/test/unit_test.hpp>

#include "api/json_score.h"
#include "tests/support/temporary_folder.h"

namespace tessera {
namespace {

const MeetingId kMeeting = *MeetingId::fromString("mtg_one");

MeetingScorePtr scoreAt(int second) {
    auto score = std::make_shared<MeetingScore>();
    score->at = MediaTime(std::chrono::seconds(second));
    return score;
}

SpeakerOrder speakersAt(int second) {
    return {MediaTime(std::chrono::seconds(second)), {*SourceId::fromString("src_a")}};
}

std::vector<ScoreLine> read(const TemporaryFolder& folder) {
    auto lines = readScoreFile(folder.path() + "/" + kScoreFile);
    return lines.ok() ? *lines : std::vector<ScoreLine>();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recording_score)

BOOST_AUTO_TEST_CASE(a_recording_begins_with_what_is_in_force) {
    const TemporaryFolder folder;
    RecordingScores scores;
    scores.note(kMeeting, scoreAt(1), {});
    scores.note(kMeeting, scoreAt(2), {});
    scores.note(kMeeting, speakersAt(3), {});
    scores.begin(kMeeting, folder.path());
    const auto lines = read(folder);
    BOOST_REQUIRE(lines.size() == 2U);
    BOOST_REQUIRE(lines[0].score != nullptr);
    BOOST_TEST((lines[0].at == MediaTime(std::chrono::seconds(2))));
    BOOST_TEST((lines[1].at == MediaTime(std::chrono::seconds(3))));
    BOOST_TEST((lines[1].speakers == speakersAt(3).sources));
}

BOOST_AUTO_TEST_CASE(changes_follow_in_every_recording_of_the_meeting) {
    const TemporaryFolder one, two;
    RecordingScores scores;
    scores.note(kMeeting, scoreAt(1), {});
    scores.begin(kMeeting, one.path());
    scores.note(kMeeting, scoreAt(2), {one.path()});
    scores.begin(kMeeting, two.path());
    scores.note(kMeeting, speakersAt(3), {one.path(), two.path()});
    BOOST_TEST(read(one).size() == 3U);
    BOOST_TEST(read(two).size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_meeting_that_is_over_leaves_nothing) {
    const TemporaryFolder folder;
    RecordingScores scores;
    scores.note(kMeeting, scoreAt(1), {});
    scores.forget(kMeeting);
    scores.begin(kMeeting, folder.path());
    BOOST_TEST(read(folder).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
