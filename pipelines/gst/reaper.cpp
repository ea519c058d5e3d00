#include "pipelines/gst/reaper.h"

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "mcu/base/log.h"
#include "mcu/base/sync.h"

namespace tessera {
namespace {

/// At most this many pipelines can hang before teardown as a whole stops; each is a bug of a library.
constexpr std::size_t kMostThreads = 8;

/// A pipeline on its way out, shared between who waits and who works.
struct Burial {
    Mutex mutex;
    CondVar done;
    GstElementPtr pipeline;
    bool isDone GUARDED_BY(mutex) = false;
};

/// Threads that are started when all others are busy and never end: they live as long as the process.
class Reaper {
public:
    void add(std::shared_ptr<Burial> burial) {
        Lock lock(mutex_);
        waiting_.push_back(std::move(burial));
        if (idle_ < waiting_.size() && threads_.size() < kMostThreads) {
            threads_.emplace_back("reaper", [this] { run(); });
        }
        wake_.notifyOne();
    }

private:
    void run() {
        for (;;) bury(*next());
    }

    std::shared_ptr<Burial> next() {
        Lock lock(mutex_);
        ++idle_;
        wake_.wait(mutex_, [this] { return !waiting_.empty(); });
        --idle_;
        auto burial = std::move(waiting_.front());
        waiting_.pop_front();
        return burial;
    }

    static void bury(Burial& burial) {
        gst_element_set_state(burial.pipeline.get(), GST_STATE_NULL);
        burial.pipeline.reset();
        Lock lock(burial.mutex);
        burial.isDone = true;
        burial.done.notifyAll();
    }

    Mutex mutex_;
    CondVar wake_;
    std::deque<std::shared_ptr<Burial>> waiting_ GUARDED_BY(mutex_);
    std::vector<Thread> threads_ GUARDED_BY(mutex_);
    std::size_t idle_ GUARDED_BY(mutex_) = 0;
};

Reaper& reaper() {
    static auto* const instance = new Reaper;  // outlives every static: a hanging thread cannot be joined
    return *instance;
}

}  // namespace

bool reapPipeline(GstElementPtr pipeline, Duration deadline) {
    const std::string name = GST_OBJECT_NAME(pipeline.get());
    auto burial = std::make_shared<Burial>();
    burial->pipeline = std::move(pipeline);
    reaper().add(burial);
    if (deadline <= Duration{0}) return false;
    bool inTime = false;
    {
        Lock lock(burial->mutex);
        inTime = burial->done.waitFor(burial->mutex, deadline, [&] { return burial->isDone; });
    }
    if (!inTime) log(LogLevel::Error, "gst", "a pipeline does not stop", {{"pipeline", name}});
    return inTime;
}

}  // namespace tessera
