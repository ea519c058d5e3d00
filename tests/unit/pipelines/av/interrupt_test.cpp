#include "pipelines/av/interrupt.h"

#include <boost/test/unit_test.hpp>

#include "pipelines/av/av_ptr.h"

namespace tessera {

BOOST_AUTO_TEST_SUITE(interrupt)

BOOST_AUTO_TEST_CASE(a_step_is_due_after_what_it_was_allowed_and_the_next_one_begins_anew) {
    ManualClock clock;
    Interrupt interrupt(clock);
    const AVIOInterruptCB callback = interruptCallback(interrupt);
    BOOST_TEST(callback.callback(callback.opaque) == 0);
    interrupt.allow(std::chrono::seconds(10));
    clock.advance(std::chrono::milliseconds(9999));
    BOOST_TEST(!interrupt.isDue());
    clock.advance(std::chrono::milliseconds(1));
    BOOST_TEST(interrupt.isDue());
    BOOST_TEST(callback.callback(callback.opaque) == 1);
    BOOST_TEST(!interrupt.hasEnded());
    interrupt.allow(std::chrono::seconds(1));
    BOOST_TEST(!interrupt.isDue());
}

BOOST_AUTO_TEST_CASE(an_end_is_never_put_off) {
    ManualClock clock;
    Interrupt interrupt(clock);
    interrupt.endBy(clock.now() + std::chrono::seconds(2));
    interrupt.endBy(clock.now() + std::chrono::seconds(5));
    interrupt.allow(std::chrono::seconds(60));
    clock.advance(std::chrono::seconds(1));
    BOOST_TEST(!interrupt.isDue());
    clock.advance(std::chrono::seconds(1));
    BOOST_TEST(interrupt.isDue());
    BOOST_TEST(interrupt.hasEnded());
    interrupt.allow(std::chrono::seconds(60));
    BOOST_TEST(interrupt.isDue());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
