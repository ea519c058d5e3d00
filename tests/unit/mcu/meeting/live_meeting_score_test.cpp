#include <boost/test/unit_test.hpp>
#include <future>

#include "mcu/meeting/meeting.h"
#include "mcu/meeting/meeting_score.h"

#include "tests/support/fake_media.h"

namespace tessera {
namespace {

using test::FakeMediaFactory;
using test::FakePeerFactory;

struct ScoreLog final : MeetingListener {
    void onEvent(const MeetingEvent&) override {}
    void onScore(const MeetingId&, const MeetingScorePtr& score) override {
        Lock lock(mutex);
        scores.push_back(score);
    }
    void onSpeakers(const MeetingId&, const SpeakerOrder& order) override {
        Lock lock(mutex);
        speakers.push_back(order);
        changed.notifyAll();
    }
    std::size_t count() {
        Lock lock(mutex);
        return scores.size();
    }
    MeetingScore last() {
        Lock lock(mutex);
        return *scores.back();
    }
    Mutex mutex;
    CondVar changed;
    std::vector<MeetingScorePtr> scores;
    std::vector<SpeakerOrder> speakers;
};

struct Fixture {
    Fixture() : meeting(Meeting::create(MeetingId::create(), {.name = "test"}, media, peers, clock, log)) {
        BOOST_REQUIRE(meeting->start().ok());
    }
    JoinReply join(const std::string& identity, const std::string& offer) {
        std::promise<Result<JoinReply>> promise;
        meeting->join({.identity = identity, .offer = offer}, [&](auto reply) { promise.set_value(std::move(reply)); });
        const auto reply = promise.get_future().get();
        BOOST_REQUIRE(reply.ok());
        peers.last->listener.onConnected(reply->peer);
        BOOST_REQUIRE(meeting->info().ok());
        return *reply;
    }

    SteadyClock clock;
    FakeMediaFactory media;
    FakePeerFactory peers;
    ScoreLog log;
    std::unique_ptr<Meeting> meeting;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(live_meeting_score, Fixture)

BOOST_AUTO_TEST_CASE(a_score_is_told_at_the_start_and_whenever_it_changes) {
    BOOST_TEST(log.count() == 1U);
    BOOST_TEST(log.last().sources.empty());
    BOOST_REQUIRE(log.last().views.size() == 1U);
    const auto source = meeting->addSource({.kind = "test", .name = "Bars"});
    BOOST_REQUIRE(source.ok());
    BOOST_TEST(log.count() == 2U);
    BOOST_TEST(log.last().sources.at(0).name == "Bars");
    const auto applied = meeting->updateSource(source->id, {.gainDb = -6, .rotation = 90});
    BOOST_TEST(log.count() == 3U);
    BOOST_TEST((log.last().at == applied->at));
    BOOST_TEST(log.last().sources.at(0).gainDb == -6);
    BOOST_TEST(log.last().sources.at(0).orientation.quarterTurns == 1);
    Scene scene;
    scene.layout = "single";
    BOOST_TEST(meeting->updateView(*ViewId::fromString("main"), {scene}).ok());
    BOOST_TEST(log.last().views.at(0).spec.scene.layout == "single");
    BOOST_TEST(meeting->addOverlay(*ViewId::fromString("main"), {.text = "Live"}).ok());
    BOOST_TEST(log.last().views.at(0).overlays.at(0).spec.text == "Live");
    BOOST_TEST(meeting->removeSource(source->id).ok());
    BOOST_TEST(log.last().sources.empty());
}

BOOST_AUTO_TEST_CASE(a_change_that_is_none_is_not_told) {
    const auto source = meeting->addSource({.kind = "test", .name = "Bars"});
    const auto before = log.count();
    BOOST_TEST(meeting->updateSource(source->id, {.audioMuted = false, .gainDb = 0}).ok());
    BOOST_TEST(meeting->addOutput({}, {}).ok());
    join("ann", "receive");
    BOOST_TEST(log.count() == before);
}

BOOST_AUTO_TEST_CASE(what_a_participant_adds_is_in_its_sources) {
    const auto reply = join("ann", "send");
    BOOST_TEST(meeting->updateParticipant(reply.participant, {.videoMuted = true, .pinned = true, .gainDb = 3}).ok());
    const auto ann = log.last().sources.at(0);
    BOOST_TEST(ann.videoMuted);
    BOOST_TEST(ann.pinned);
    BOOST_TEST(ann.gainDb == 3);
    BOOST_TEST((ann.participant == reply.participant));
}

BOOST_AUTO_TEST_CASE(an_output_of_sources_is_told_which_there_are_and_has_no_encode) {
    join("ann", "send");
    const auto added = meeting->addOutput({.kind = "iso"}, {});
    BOOST_REQUIRE(added.ok());
    BOOST_TEST(media.videoEncoders == 0);
    BOOST_TEST(media.audioEncoders == 0);
    BOOST_TEST(!added->spec.video.has_value());
    BOOST_TEST(peers.last->keyframeRequests == 1);
    auto* output = media.lastOutput;
    BOOST_TEST(output->sources.size() == 1U);
    const auto reply = join("ben", "send");
    BOOST_TEST(output->sources.size() == 2U);
    output->requestKeyframe();
    BOOST_REQUIRE(meeting->info().ok());
    BOOST_TEST(peers.last->keyframeRequests == 1);
    BOOST_TEST(meeting->leave(reply.peer).ok());
    BOOST_TEST(output->sources.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
