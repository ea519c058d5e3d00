#include "api/store/cut_list.h"

#include <boost/test/unit_test.hpp>
#include <set>

namespace tessera {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

SourceId source(const std::string& name) {
    return *SourceId::fromString("src_" + name);
}

/// A meeting with a playout delay of 80 ms, of which a recording begins at 10 s.
struct Meeting {
    MeetingScore score{.playoutDelay = milliseconds(80)};
    std::vector<ScoreLine> lines;
    std::vector<IsolatedFile> files;

    Meeting() {
        score.views.push_back({.id = *ViewId::fromString("main"), .spec = {}});
        score.views[0].spec.scene.layout = "single";
    }
    void tell(Duration at) {
        score.at = MediaTime(at);
        lines.push_back({MediaTime(at), std::make_shared<MeetingScore>(score), {}});
    }
    void speak(Duration at, const std::string& who) { lines.push_back({MediaTime(at), nullptr, {source(who)}}); }
    void add(const std::string& who) { score.sources.push_back({.id = source(who), .name = who, .kind = "webrtc"}); }
    CutMaterial material() const { return {lines, files, MediaTime(seconds(10)), seconds(20)}; }
};

/// Walks a tree of OpenTimelineIO and checks what its readers require of each schema.
void checkSchemas(const Json& json, std::multiset<std::string>& seen) {
    if (json.is_array()) {
        for (const Json& each : json) checkSchemas(each, seen);
    }
    if (!json.is_object()) return;
    for (const auto& [key, value] : json.items()) checkSchemas(value, seen);
    if (!json.contains("OTIO_SCHEMA")) return;
    static const std::map<std::string, std::vector<std::string>> required{
        {"Timeline.1", {"metadata", "name", "global_start_time", "tracks"}},
        {"Stack.1", {"metadata", "name", "source_range", "effects", "markers", "children"}},
        {"Track.1", {"metadata", "name", "source_range", "effects", "markers", "children", "kind"}},
        {"Clip.1", {"metadata", "name", "source_range", "effects", "markers", "media_reference"}},
        {"Gap.1", {"metadata", "name", "source_range", "effects", "markers"}},
        {"Marker.2", {"metadata", "name", "color", "marked_range"}},
        {"ExternalReference.1", {"metadata", "name", "available_range", "target_url"}},
        {"TimeRange.1", {"start_time", "duration"}},
        {"RationalTime.1", {"rate", "value"}},
    };
    const auto schema = json["OTIO_SCHEMA"].get<std::string>();
    seen.insert(schema);
    const auto found = required.find(schema);
    BOOST_REQUIRE_MESSAGE(found != required.end(), schema);
    for (const auto& member : found->second) BOOST_TEST(json.contains(member), schema + " has " + member);
}

double valueOf(const Json& rational) {
    BOOST_TEST(rational["OTIO_SCHEMA"] == "RationalTime.1");
    return rational["value"].get<double>() / rational["rate"].get<double>();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cut_list)

BOOST_AUTO_TEST_CASE(who_speaks_is_cut_to_a_playout_delay_before_it_is_seen) {
    Meeting meeting;
    meeting.add("ann");
    meeting.add("ben");
    meeting.tell(seconds(2));
    meeting.speak(milliseconds(15'080), "ben");
    meeting.speak(milliseconds(18'080), "ann");
    const auto views = makeCutList(meeting.material());
    BOOST_REQUIRE(views.size() == 1U);
    const auto& cuts = views[0].cuts;
    BOOST_REQUIRE(cuts.size() == 3U);
    BOOST_TEST((cuts[0].from == Duration{} && cuts[0].until == seconds(5)));
    BOOST_TEST((cuts[0].tiles.at(0).source == source("ann")));
    BOOST_TEST((cuts[1].from == seconds(5) && cuts[1].until == seconds(8)));
    BOOST_TEST((cuts[1].tiles.at(0).source == source("ben")));
    BOOST_TEST((cuts[1].tiles.at(0).rect == Rect{0, 0, 1280, 720}));
    BOOST_TEST((cuts[2].tiles.at(0).source == source("ann")));
    BOOST_TEST((cuts[2].until == seconds(20)));
}

BOOST_AUTO_TEST_CASE(what_changes_nothing_to_be_seen_makes_no_cut) {
    Meeting meeting;
    meeting.add("ann");
    meeting.tell(seconds(2));
    meeting.score.sources[0].gainDb = -6;
    meeting.tell(seconds(13));
    meeting.speak(seconds(14), "ann");
    const auto views = makeCutList(meeting.material());
    BOOST_TEST(views.at(0).cuts.size() == 1U);
}

BOOST_AUTO_TEST_CASE(views_are_apart_and_end_when_they_are_removed) {
    Meeting meeting;
    meeting.add("ann");
    meeting.score.views.push_back({.id = *ViewId::fromString("viw_b"), .spec = {{640, 360}, {}, {}}});
    meeting.tell(seconds(2));
    meeting.score.views.pop_back();
    meeting.tell(milliseconds(16'080));
    const auto json = toJson(makeCutList(meeting.material()));
    BOOST_TEST(json["main"].size() == 1U);
    BOOST_TEST(json["viw_b"].size() == 1U);
    BOOST_TEST(json["viw_b"][0]["to_ms"] == 6000);
    BOOST_TEST(json["main"][0]["to_ms"] == 20000);
    BOOST_TEST(json["main"][0]["tiles"][0]["source"] == "src_ann");
    BOOST_TEST(json["main"][0]["tiles"][0]["width"] == 1280);
}

BOOST_AUTO_TEST_CASE(a_timeline_has_what_its_readers_require) {
    Meeting meeting;
    meeting.add("ann");
    meeting.tell(seconds(2));
    meeting.files = {{"src_ann-1.mkv", source("ann"), true, false, seconds(1), seconds(4)},
                     {"src_ann-2.mkv", source("ann"), false, true, seconds(1), seconds(20)},
                     {"src_ann-3.mkv", source("ann"), true, false, seconds(6), seconds(20)}};
    const auto views = makeCutList(meeting.material());
    const Json json = toOpenTimeline("Sync", meeting.material(), views);
    std::multiset<std::string> seen;
    checkSchemas(json, seen);
    BOOST_TEST(seen.count("Track.1") == 2U);
    BOOST_TEST(seen.count("Clip.1") == 3U);
    BOOST_TEST(seen.count("Gap.1") == 3U);
    BOOST_TEST(seen.count("Marker.2") == 1U);

    const Json& video = json["tracks"]["children"][0];
    BOOST_TEST(video["kind"] == "Video");
    BOOST_TEST(video["name"] == "ann");
    double at = 0;
    std::vector<double> begins;
    for (const Json& child : video["children"]) {
        if (child["OTIO_SCHEMA"] == "Clip.1") begins.push_back(at);
        at += valueOf(child["source_range"]["duration"]);
    }
    BOOST_TEST((begins == std::vector<double>{1, 6}));
    BOOST_TEST(at == 20);
    BOOST_TEST(video["children"][1]["media_reference"]["target_url"] == "src_ann-1.mkv");
    BOOST_TEST(json["tracks"]["children"][1]["kind"] == "Audio");
}

BOOST_AUTO_TEST_CASE(files_that_overlap_follow_each_other) {
    Meeting meeting;
    meeting.files = {{"src_a-1.mkv", source("a"), true, false, seconds(0), seconds(5)},
                     {"src_a-2.mkv", source("a"), true, false, seconds(4), seconds(9)}};
    const Json json = toOpenTimeline("", meeting.material(), {});
    const Json& children = json["tracks"]["children"][0]["children"];
    BOOST_REQUIRE(children.size() == 2U);
    BOOST_TEST(valueOf(children[1]["source_range"]["start_time"]) == 5);
    BOOST_TEST(valueOf(children[1]["source_range"]["duration"]) == 4);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
