#include "api/handlers/snapshot_cache.h"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <vector>

namespace tessera {

BOOST_AUTO_TEST_SUITE(snapshot_cache)

namespace {

/// Stands for a meeting: the cache asks only which one it is.
std::shared_ptr<Meeting> someMeeting() {
    const auto owner = std::make_shared<int>();
    return {owner, reinterpret_cast<Meeting*>(owner.get())};
}

SnapshotCache::File file(const std::string& text) {
    return std::make_shared<const std::string>(text);
}

}  // namespace

BOOST_AUTO_TEST_CASE(many_who_want_one_picture_have_it_encoded_once_and_anew_when_it_is_old) {
    ManualClock clock;
    SnapshotCache cache(clock);
    const auto meeting = someMeeting();
    std::atomic<int> made{0};
    const auto make = [&]() -> Result<SnapshotCache::File> { return file(std::to_string(++made)); };
    {
        std::vector<Thread> viewers;
        for (int i = 0; i < 8; ++i) {
            viewers.emplace_back("viewer", [&] {
                for (int n = 0; n < 50; ++n) static_cast<void>(cache.get(meeting, "view main", make));
            });
        }
    }
    BOOST_TEST(made == 1);
    BOOST_TEST(**cache.get(meeting, "view main", make) == "1");
    BOOST_TEST(**cache.get(meeting, "view other", make) == "2");
    BOOST_TEST(**cache.get(someMeeting(), "view main", make) == "3");
    clock.advance(SnapshotCache::kLife);
    BOOST_TEST(**cache.get(meeting, "view main", make) == "4");
}

BOOST_AUTO_TEST_CASE(a_picture_that_could_not_be_made_is_tried_again) {
    ManualClock clock;
    SnapshotCache cache(clock);
    const auto meeting = someMeeting();
    const auto fails = []() -> Result<SnapshotCache::File> { return notFound("there is no picture"); };
    BOOST_TEST(!cache.get(meeting, "view main", fails).ok());
    const auto made = cache.get(meeting, "view main", []() -> Result<SnapshotCache::File> { return file("now"); });
    BOOST_TEST(**made == "now");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
