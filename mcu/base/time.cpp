#include "mcu/base/time.h"

#include <cerrno>
#include <time.h>

namespace tessera {

MonotonicTime SteadyClock::now() const {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return MonotonicTime(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

void SteadyClock::sleepUntil(MonotonicTime deadline) const {
    const auto ns = deadline.time_since_epoch().count();
    const timespec until{ns / 1'000'000'000, ns % 1'000'000'000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) {
    }
}

}  // namespace tessera
