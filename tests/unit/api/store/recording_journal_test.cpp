#include "api/store/recording_journal.h"

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/support/temporary_folder.h"

namespace tessera {

BOOST_AUTO_TEST_SUITE(recording_journal)

BOOST_AUTO_TEST_CASE(events_come_back_in_order_and_a_line_cut_off_by_a_crash_is_left_out) {
    const TemporaryFolder folder;
    BOOST_TEST(readJournal(folder.path()).dump() == "[]");
    MeetingEvent event{.type = "participant.joined", .subject = "par_a", .detail = "Zoë \"Z\"\n"};
    event.at = MediaTime(std::chrono::milliseconds(1500));
    BOOST_REQUIRE(appendToJournal(folder.path(), event).ok());
    event.type = "view.changed";
    BOOST_REQUIRE(appendToJournal(folder.path(), event).ok());
    std::ofstream(folder.path() + "/events.jsonl", std::ios::app) << R"({"at_ms": 17)";
    const auto events = readJournal(folder.path());
    BOOST_REQUIRE(events.size() == 2U);
    BOOST_TEST(events[0]["at_ms"] == 1500);
    BOOST_TEST(events[0]["detail"] == "Zoë \"Z\"\n");
    BOOST_TEST(events[1]["type"] == "view.changed");
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_gone_is_an_error) {
    BOOST_TEST(!appendToJournal("/nonexistent", {}).ok());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
