#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "tests/support/fake_cuda/fault_plan.h"

namespace tessera::fake {

/// Work is only done when somebody waits for it, as late as a real device might: a missing fence or a buffer that is
/// reused too early shows in the picture.
struct Stream {
    std::deque<std::function<void()>> work;
    std::uint64_t queued = 0;
    std::uint64_t done = 0;

    void add(std::function<void()> step) {
        work.push_back(std::move(step));
        ++queued;
    }
    void runTo(std::uint64_t mark) {
        while (done < mark) {
            const auto step = std::move(work.front());
            work.pop_front();
            ++done;
            step();
        }
    }
    void runAll() { runTo(queued); }
};

struct Event {
    Stream* stream = nullptr;
    std::uint64_t mark = 0;
    int questions = 0;  ///< asked since it was recorded: the first answer is "not yet"
    void pass() const {
        if (stream != nullptr) stream->runTo(mark);
    }
    bool isPassed() const { return stream == nullptr || stream->done >= mark; }
};

struct Device {
    int index = 0;
    int references = 0;  ///< of the primary context
    long sticky = 0;
    std::size_t used = 0;
};

/// The whole stand-in driver: one lock around everything, so that it is as safe for threads as the real one.
class Driver {
public:
    static Driver& instance() {
        static Driver driver;
        return driver;
    }

    void reset(const std::string& plan) {
        plan_ = FaultPlan(plan);
        for (auto& device : devices_) device.sticky = 0;
    }

    long deviceCount() const { return plan_.setting("devices", 1); }
    std::size_t memoryOf() const { return static_cast<std::size_t>(plan_.setting("memory_mb", 4096)) << 20; }

    std::mutex mutex;
    FaultPlan plan_{std::getenv("TESSERA_FAKE_CUDA") == nullptr ? "" : std::getenv("TESSERA_FAKE_CUDA")};
    std::deque<Device> devices_{{0, 0, 0, 0}, {1, 0, 0, 0}, {2, 0, 0, 0}, {3, 0, 0, 0}};
    std::map<std::uintptr_t, std::pair<std::size_t, Device*>> memory_;  ///< on the devices
    std::map<std::uintptr_t, std::size_t> pinned_;
    std::map<Stream*, std::unique_ptr<Stream>> streams_;
    std::map<Event*, std::unique_ptr<Event>> events_;
    std::uint32_t launches_ = 0;
};

}  // namespace tessera::fake
