#include <boost/test/unit_test.hpp>
#include <future>
#include <map>

#include "mcu/meeting/meeting.h"

#include "tests/support/fake_media.h"

namespace tessera {
namespace {

using test::FakeMediaFactory;
using test::FakePeer;
using test::FakePeerFactory;

struct EventLog final : MeetingListener {
    void onEvent(const MeetingEvent& event) override {
        Lock lock(mutex);
        types.push_back(event.type);
        changed.notifyAll();
    }
    bool waitFor(const std::string& type) {
        Lock lock(mutex);
        return changed.waitFor(mutex, std::chrono::seconds(10),
                               [&] { return std::find(types.begin(), types.end(), type) != types.end(); });
    }
    std::size_t count(const std::string& type) {
        Lock lock(mutex);
        return static_cast<std::size_t>(std::count(types.begin(), types.end(), type));
    }
    Mutex mutex;
    CondVar changed;
    std::vector<std::string> types;
};

struct Fixture {
    Fixture() : meeting(make({})) {}

    std::unique_ptr<Meeting> make(MeetingSettings settings) {
        settings.name = "test";
        auto created = Meeting::create(MeetingId::create(), settings, media, peers, clock, events);
        BOOST_REQUIRE(created->start().ok());
        return created;
    }
    Result<JoinReply> join(const std::string& identity, const std::string& offer) {
        std::promise<Result<JoinReply>> promise;
        meeting->join({.identity = identity, .offer = offer}, [&](auto reply) { promise.set_value(std::move(reply)); });
        return promise.get_future().get();
    }
    /// Joins and connects; what control does for it is done when this returns.
    JoinReply joinConnected(const std::string& identity, const std::string& offer) {
        const auto reply = join(identity, offer);
        BOOST_REQUIRE(reply.ok());
        peers.last->listener.onConnected(reply->peer);
        BOOST_REQUIRE(meeting->info().ok());
        return *reply;
    }
    std::vector<RenditionInfo> renditions(const std::string& kind) {
        auto all = meeting->stats().value().renditions;
        std::erase_if(all, [&](const auto& each) { return each.kind != kind; });
        return all;
    }

    SteadyClock clock;
    FakeMediaFactory media;
    FakePeerFactory peers;
    EventLog events;
    std::unique_ptr<Meeting> meeting;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(live_meeting, Fixture)

BOOST_AUTO_TEST_CASE(twenty_receivers_of_one_view_share_one_video_encoder) {
    for (int i = 0; i < 20; ++i) joinConnected("viewer" + std::to_string(i), "receive");
    const auto video = renditions("video");
    BOOST_REQUIRE_EQUAL(video.size(), 1U);
    BOOST_TEST(video[0].subscribers == 20);
    BOOST_TEST(media.videoEncoders == 1);
    BOOST_TEST(media.audioEncoders == 1);
}

BOOST_AUTO_TEST_CASE(audio_encoders_are_talkers_plus_one) {
    for (int i = 0; i < 20; ++i) joinConnected("viewer" + std::to_string(i), "receive");
    for (int i = 0; i < 3; ++i) joinConnected("talker" + std::to_string(i), "send receive");
    BOOST_TEST(renditions("audio").size() == 4U);
    BOOST_TEST(media.audioEncoders == 4);
    BOOST_TEST(media.videoEncoders == 1);
}

BOOST_AUTO_TEST_CASE(newcomers_to_a_crowd_share_one_mix) {
    for (int i = 0; i < 20; ++i) joinConnected("talker" + std::to_string(i), "send receive");
    BOOST_TEST(renditions("audio").size() == 9U);  // as many as can be heard at a time, and the shared one
}

BOOST_AUTO_TEST_CASE(noise_and_level_are_the_meetings_unless_a_source_says_otherwise) {
    joinConnected("ann", "send");
    const auto id = meeting->sources()->front().id;
    BOOST_TEST(!meeting->source(id)->denoise);
    BOOST_TEST(meeting->update({.audio = AudioOptions{.denoise = true, .agc = true}}).ok());
    BOOST_TEST(meeting->source(id)->denoise);
    BOOST_TEST(meeting->updateSource(id, {.denoise = false}).ok());
    BOOST_TEST(!meeting->source(id)->denoise);
    BOOST_TEST(meeting->source(id)->agc);
}

BOOST_AUTO_TEST_CASE(a_source_is_drawn_turned_as_it_was_asked_to_be) {
    joinConnected("ann", "send receive");
    const auto id = meeting->sources()->front().id;
    BOOST_TEST(meeting->updateSource(id, {.mirrored = true, .rotation = 90}).ok());
    const auto isTurned = [](const std::vector<Layer>& layers) {
        return layers.size() == 1 && layers[0].orientation == Orientation{.quarterTurns = 1, .mirrored = true};
    };
    BOOST_TEST(media.shown.waitFor(isTurned));
    BOOST_TEST(meeting->updateSource(id, {.rotation = 0}).ok());
    const auto isMirroredAlone = [](const std::vector<Layer>& layers) {
        return layers.size() == 1 && layers[0].orientation == Orientation{.quarterTurns = 0, .mirrored = true};
    };
    BOOST_TEST(media.shown.waitFor(isMirroredAlone));
}

BOOST_AUTO_TEST_CASE(a_view_that_nobody_receives_is_composed_for_who_asks_for_its_picture) {
    joinConnected("ann", "send");
    const auto main = *ViewId::fromString("main");
    const auto picture = meeting->viewPicture(main);
    BOOST_REQUIRE(picture.ok());
    BOOST_TEST(((*picture)->size == Size{1280, 720}));
    BOOST_TEST((meeting->viewPicture(ViewId::create()).error().code == ErrorCode::NotFound));
    BOOST_REQUIRE(meeting->info().ok());  // what was posted before this is done
    const auto composed = meeting->view(main)->framesComposed;
    BOOST_TEST(meeting->viewPicture(main).ok());
    BOOST_TEST(meeting->view(main)->framesComposed > composed);
}

BOOST_AUTO_TEST_CASE(the_newest_picture_of_a_source_is_told) {
    joinConnected("ann", "send");
    const auto id = meeting->sources()->front().id;
    BOOST_TEST((meeting->sourcePicture(id).error().code == ErrorCode::NotFound));
    BOOST_TEST((meeting->sourcePicture(SourceId::create()).error().code == ErrorCode::NotFound));
}

BOOST_AUTO_TEST_CASE(everything_ends_when_the_last_one_leaves) {
    const auto talker = joinConnected("ann", "send receive");
    const auto viewer = joinConnected("bob", "receive");
    BOOST_TEST(meeting->sources()->size() == 1U);
    BOOST_TEST(meeting->leave(talker.peer).ok());
    BOOST_TEST(meeting->leave(viewer.peer).ok());
    BOOST_TEST(meeting->participants()->empty());
    BOOST_TEST(meeting->sources()->empty());
    BOOST_TEST(meeting->stats()->renditions.empty());
    BOOST_TEST((meeting->leave(viewer.peer).error().code == ErrorCode::NotFound));
    meeting.reset();
    BOOST_TEST(peers.alive == 0);
    BOOST_TEST(media.videoEncoders == 0);
    BOOST_TEST(media.audioEncoders == 0);
}

BOOST_AUTO_TEST_CASE(a_tile_survives_the_reconnect_of_the_same_identity) {
    const auto first = joinConnected("ann", "send receive");
    const auto tile = meeting->sources()->front().id;
    const auto second = joinConnected("ann", "send receive");
    BOOST_TEST((first.participant == second.participant));
    BOOST_REQUIRE_EQUAL(meeting->sources()->size(), 1U);
    BOOST_TEST((meeting->sources()->front().id == tile));
    BOOST_TEST((meeting->leave(first.peer).error().code == ErrorCode::NotFound));
    BOOST_TEST(meeting->participants()->size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_silent_peer_reconnects_and_a_closed_one_is_gone) {
    const auto reply = joinConnected("ann", "send receive");
    auto* peer = peers.last;
    peer->listener.onSilence(reply.peer, true);
    BOOST_TEST((meeting->participant(reply.participant)->state == ParticipantState::Reconnecting));
    peer->listener.onSilence(reply.peer, false);
    BOOST_TEST((meeting->participant(reply.participant)->state == ParticipantState::Connected));
    peer->listener.onClosed(reply.peer, conflict("vanished"));
    BOOST_TEST(events.waitFor("participant.left"));
    BOOST_TEST(meeting->sources()->empty());
}

BOOST_AUTO_TEST_CASE(a_publishing_and_a_receiving_peer_of_one_identity_are_one_participant) {
    const auto publisher = joinConnected("ann", "send");
    const auto receiver = joinConnected("ann", "receive");
    BOOST_TEST((publisher.participant == receiver.participant));
    const auto audio = renditions("audio");
    BOOST_REQUIRE_EQUAL(audio.size(), 1U);
    BOOST_TEST(audio[0].of == publisher.participant.toString());
}

BOOST_AUTO_TEST_CASE(a_refused_offer_leaves_nothing_behind) {
    const auto reply = join("ann", "nonsense");
    BOOST_REQUIRE(!reply.ok());
    BOOST_TEST((reply.error().code == ErrorCode::InvalidArgument));
    BOOST_TEST(meeting->participants()->empty());
    BOOST_TEST(peers.alive == 0);
}

BOOST_AUTO_TEST_CASE(a_locked_or_full_meeting_admits_nobody_new) {
    joinConnected("ann", "receive");
    BOOST_TEST(meeting->update({.locked = true}).ok());
    BOOST_TEST((join("bob", "receive").error().code == ErrorCode::Forbidden));
    BOOST_TEST(join("ann", "receive").ok());
    BOOST_TEST(meeting->update({.locked = false, .maxParticipants = 1}).ok());
    BOOST_TEST((join("bob", "receive").error().code == ErrorCode::Capacity));
}

BOOST_AUTO_TEST_CASE(a_recording_shares_the_viewers_encode) {
    joinConnected("ann", "receive");
    const auto output = meeting->addOutput({}, {RecordingId::create(), "/nowhere.mp4"});
    BOOST_REQUIRE(output.ok());
    BOOST_TEST(media.videoEncoders == 1);
    BOOST_TEST(renditions("video")[0].subscribers == 2);
    BOOST_TEST(renditions("audio").size() == 2U);  // Opus for viewers, AAC for the file
    const auto removed = meeting->removeOutput(output->id);
    BOOST_REQUIRE(removed.ok());
    BOOST_TEST((removed->stats.state == OutputState::Stopped));
    BOOST_TEST(meeting->outputs()->empty());
}

BOOST_AUTO_TEST_CASE(outputs_with_one_loudness_target_share_an_encode) {
    for (const int target : {-23, 0, -23, -16}) {
        OutputSpec spec;
        spec.targetLufs = target;
        BOOST_REQUIRE(meeting->addOutput(spec, {RecordingId::create(), "/nowhere.mp4"}).ok());
    }
    std::map<int, int> subscribers;
    for (const auto& rendition : renditions("audio")) subscribers[rendition.targetLufs] = rendition.subscribers;
    BOOST_TEST((subscribers == std::map<int, int>{{-23, 2}, {0, 1}, {-16, 1}}));
    BOOST_TEST(renditions("video").size() == 1U);
}

BOOST_AUTO_TEST_CASE(bad_values_change_nothing) {
    const auto reply = joinConnected("ann", "send");
    BOOST_TEST((meeting->updateParticipant(reply.participant, {.name = "x", .gainDb = 21.0}).error().code ==
                ErrorCode::InvalidArgument));
    BOOST_TEST(meeting->participant(reply.participant)->name == "ann");
    Scene scene;
    scene.layout = "cubist";
    BOOST_TEST((meeting->updateView(meeting->views()->front().id, {.scene = scene}).error().code ==
                ErrorCode::InvalidArgument));
    BOOST_TEST(meeting->views()->front().spec.scene.layout == "grid");
    BOOST_TEST((meeting->addSource({.kind = "file"}).error().code == ErrorCode::NotFound));
    BOOST_TEST(meeting->sources()->size() == 1U);
    const auto source = meeting->sources()->front().id;
    BOOST_TEST((meeting->playSource(source, {.paused = true}).error().code == ErrorCode::Unsupported));
}

BOOST_AUTO_TEST_CASE(the_reply_to_a_change_names_a_tick_that_is_still_to_come) {
    Scene scene;
    scene.layout = "speaker";
    const auto before = meeting->info()->now;
    const auto applied = meeting->updateView(meeting->views()->front().id, {.scene = scene});
    BOOST_REQUIRE(applied.ok());
    BOOST_TEST((applied->at > before));
    BOOST_TEST((applied->at == MediaTime(FrameRate{30, 1}.tickTime(applied->frame))));
}

BOOST_AUTO_TEST_CASE(a_lost_picture_asks_the_shared_encoder_for_a_keyframe) {
    const auto reply = joinConnected("ann", "receive");
    auto* peer = peers.last;
    BOOST_TEST(meeting->info().ok());
    peer->listener.onKeyframeRequest(reply.peer);
    BOOST_TEST(meeting->info().ok());  // control has taken the request
    const auto frames = meeting->stats()->videoTicks;
    while (meeting->stats()->videoTicks < frames + 3) std::this_thread::yield();
    BOOST_TEST(renditions("video")[0].keyframes >= 1U);
}

BOOST_AUTO_TEST_CASE(an_ended_meeting_answers_and_admits_nobody) {
    BOOST_TEST(meeting->end().ok());
    BOOST_TEST(meeting->end().ok());
    BOOST_TEST((meeting->info()->state == MeetingState::Ended));
    BOOST_TEST((join("ann", "receive").error().code == ErrorCode::Conflict));
    BOOST_TEST((meeting->start().error().code == ErrorCode::Conflict));
    BOOST_TEST(events.count("meeting.ended") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
