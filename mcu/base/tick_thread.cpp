#include "mcu/base/tick_thread.h"

#include <utility>

namespace tessera {

TickThread::TickThread(const char* name, const Clock& clock, FrameRate rate, MonotonicTime origin,
                       std::function<void(std::int64_t)> onTick)
    : clock_(clock), rate_(rate), ticker_(rate, origin), onTick_(std::move(onTick)), thread_(name, [this] { run(); }) {}

void TickThread::stop() {
    stopping_ = true;
    thread_.join();
}

void TickThread::run() {
    while (!stopping_) {
        const auto deadline = ticker_.deadline();
        clock_.sleepUntil(deadline);
        const auto begin = clock_.now();
        const auto skippedBefore = ticker_.skipped();
        onTick_(ticker_.take(begin));
        stats_.ticks.add();
        stats_.skipped.add(ticker_.skipped() - skippedBefore);
        if (begin - deadline > rate_.period() / 2) stats_.late.add();
        stats_.workUs.record(static_cast<std::uint64_t>((clock_.now() - begin).count() / 1000));
    }
}

}  // namespace tessera
