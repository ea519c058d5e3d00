#include "mcu/meeting/output_watch.h"

#include <boost/test/unit_test.hpp>

namespace tessera {

BOOST_AUTO_TEST_SUITE(output_watch)

namespace {

using Types = std::vector<std::string>;

Types typesOf(const std::vector<OutputChange>& changes) {
    Types types;
    for (const auto& change : changes) types.push_back(change.type);
    return types;
}

OutputInfo stream() {
    OutputInfo output;
    output.id = OutputId::create();
    output.spec.kind = "rtmp";
    return output;
}

OutputInfo recording() {
    auto output = stream();
    output.spec.kind = "recording";
    output.recording = RecordingId::create();
    return output;
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_state_is_told_once_when_it_begins) {
    OutputWatch watch;
    auto output = stream();
    BOOST_TEST((typesOf(watch.added(output)) == Types{"output.connecting"}));
    BOOST_TEST(watch.look(output).empty());
    output.stats.state = OutputState::Live;
    BOOST_TEST((typesOf(watch.look(output)) == Types{"output.live"}));
    BOOST_TEST(watch.look(output).empty());
    output.stats.state = OutputState::Retrying;
    output.stats.lastError = "refused";
    const auto retrying = watch.look(output);
    BOOST_TEST((typesOf(retrying) == Types{"output.retrying"}));
    BOOST_TEST(retrying[0].data[2].second == "refused");
    output.stats.state = OutputState::Failed;
    BOOST_TEST((typesOf(watch.look(output)) == Types{"output.failed"}));
    BOOST_TEST((typesOf(watch.removed(output)) == Types{"output.ended"}));
}

BOOST_AUTO_TEST_CASE(a_break_between_two_looks_is_told_by_its_count) {
    OutputWatch watch;
    auto output = stream();
    (void)watch.added(output);
    output.stats.state = OutputState::Live;
    (void)watch.look(output);
    output.stats.reconnects = 1;
    BOOST_TEST((typesOf(watch.look(output)) == Types{"output.retrying", "output.live"}));
}

BOOST_AUTO_TEST_CASE(what_is_amiss_with_a_live_output_is_told_once) {
    OutputWatch watch;
    auto output = stream();
    (void)watch.added(output);
    output.stats.state = OutputState::Retrying;
    output.stats.lastError = "refused";
    BOOST_TEST((typesOf(watch.look(output)) == Types{"output.retrying"}));
    output.stats.state = OutputState::Live;
    BOOST_TEST((typesOf(watch.look(output)) == Types{"output.live"}));
    BOOST_TEST(watch.look(output).empty());
    output.stats.lastError = "too slow";
    BOOST_TEST((typesOf(watch.look(output)) == Types{"output.degraded"}));
    BOOST_TEST(watch.look(output).empty());
}

BOOST_AUTO_TEST_CASE(what_ended_by_itself_does_not_end_twice) {
    OutputWatch watch;
    auto output = stream();
    (void)watch.added(output);
    output.stats.state = OutputState::Stopped;
    BOOST_TEST((typesOf(watch.look(output)) == Types{"output.ended"}));
    BOOST_TEST(watch.removed(output).empty());
    BOOST_TEST(watch.look(output).empty());
}

BOOST_AUTO_TEST_CASE(a_recording_tells_of_its_files_and_pauses_besides) {
    OutputWatch watch;
    auto output = recording();
    BOOST_TEST((typesOf(watch.added(output)) == Types{"output.connecting", "recording.started"}));
    output.stats.files = 1;
    BOOST_TEST(watch.look(output).empty());
    output.stats.state = OutputState::Live;
    output.stats.files = 2;
    BOOST_TEST((typesOf(watch.look(output)) == Types{"output.live"}));
    output.stats.state = OutputState::Paused;
    const auto changes = watch.look(output);
    BOOST_TEST((typesOf(changes) == Types{"output.paused", "recording.paused"}));
    BOOST_TEST(changes[1].subject == output.recording.toString());
    output.stats.state = OutputState::Live;
    BOOST_TEST((typesOf(watch.look(output)) == Types{"output.live", "recording.resumed"}));
    output.stats.state = OutputState::Stopped;
    BOOST_TEST((typesOf(watch.removed(output)) == Types{"output.ended", "recording.stopped"}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
