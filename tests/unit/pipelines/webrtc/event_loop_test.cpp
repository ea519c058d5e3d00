#include "pipelines/webrtc/event_loop.h"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <vector>

namespace tessera {

BOOST_AUTO_TEST_SUITE(event_loop)

BOOST_AUTO_TEST_CASE(tasks_of_another_thread_run_in_order) {
    EventLoop loop("test-loop");
    std::vector<int> order;
    for (int i = 0; i < 100; ++i) loop.post([&order, i] { order.push_back(i); });
    std::vector<int> seen;
    BOOST_REQUIRE(loop.call(std::chrono::seconds(10), [&] { seen = order; }));
    BOOST_REQUIRE(seen.size() == 100U);
    for (int i = 0; i < 100; ++i) BOOST_TEST(seen[static_cast<std::size_t>(i)] == i);
}

BOOST_AUTO_TEST_CASE(what_the_loop_posts_to_itself_runs_too) {
    EventLoop loop("test-loop");
    int runs = 0;
    std::function<void()> again = [&] {
        if (++runs < 200) loop.post(again);
    };
    loop.post(again);
    int seen = 0;
    const SteadyClock clock;
    const auto deadline = clock.now() + std::chrono::seconds(10);
    while (seen < 200 && clock.now() < deadline) loop.call(std::chrono::seconds(10), [&] { seen = runs; });
    BOOST_TEST(seen == 200);
}

BOOST_AUTO_TEST_CASE(timers_fire_and_stop) {
    EventLoop loop("test-loop");
    int fired = 0;
    LoopTimer timer;
    loop.call(std::chrono::seconds(10), [&] { timer = loop.every(std::chrono::milliseconds(1), [&] { ++fired; }); });
    int seen = 0;
    const SteadyClock clock;
    const auto deadline = clock.now() + std::chrono::seconds(10);
    while (seen < 3 && clock.now() < deadline) loop.call(std::chrono::seconds(10), [&] { seen = fired; });
    BOOST_TEST(seen >= 3);
    loop.call(std::chrono::seconds(10), [&] {
        timer.stop();
        seen = fired;
    });
    int after = 0;
    for (int i = 0; i < 5; ++i) loop.call(std::chrono::seconds(10), [&] { after = fired; });
    BOOST_TEST(after == seen);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
