#include "pipelines/webrtc/event_loop.h"

#include <algorithm>
#include <utility>

namespace tessera {
namespace {

/// What a timer's GSource owns.
struct TimerCallback {
    EventLoop::Task onTimer;
    bool repeats;
};

gboolean fireTimer(gpointer user) {
    auto* callback = static_cast<TimerCallback*>(user);
    callback->onTimer();  // may destroy the GSource; GLib keeps `callback` until this function has returned
    return callback->repeats ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

LoopTimer startTimer(GMainContext* context, Duration interval, EventLoop::Task onTimer, bool repeats) {
    const auto milliseconds = std::max<std::int64_t>(0, toMilliseconds(interval + std::chrono::microseconds(999)));
    GSource* source = g_timeout_source_new(static_cast<guint>(milliseconds));
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, &fireTimer, new TimerCallback{std::move(onTimer), repeats},
                          [](gpointer user) { delete static_cast<TimerCallback*>(user); });
    g_source_attach(source, context);
    return LoopTimer(source);
}

/// Waits for the loop's sockets, but wakes at most once in `kLeastWake`: packets come in bursts, and each wake-up looks
/// at every socket of every peer. What comes after a pause is still taken at once.
gint pollInBatches(GPollFD* sockets, guint count, gint timeoutMs) {
    thread_local MonotonicTime wokeAt{};
    const SteadyClock clock;
    if (timeoutMs != 0) clock.sleepUntil(wokeAt + EventLoop::kLeastWake);
    const gint ready = g_poll(sockets, count, timeoutMs);
    wokeAt = clock.now();
    return ready;
}

}  // namespace

void LoopTimer::stop() {
    if (GSource* source = std::exchange(source_, nullptr)) {
        g_source_destroy(source);
        g_source_unref(source);
    }
}

/// A GSource that is ready while tasks wait.
struct EventLoop::TaskSource {
    GSource base;
    EventLoop* loop;

    static gboolean dispatch(GSource* source, GSourceFunc, gpointer) {
        g_source_set_ready_time(source, -1);
        reinterpret_cast<TaskSource*>(source)->loop->runTasks();
        return G_SOURCE_CONTINUE;
    }
    static GSourceFuncs* functions() {
        static GSourceFuncs table = {nullptr, nullptr, &dispatch, nullptr, nullptr, nullptr};
        return &table;
    }
};

EventLoop::EventLoop(const char* name)
    : context_(g_main_context_new()),
      loop_(g_main_loop_new(context_, FALSE)),
      tasksReady_(reinterpret_cast<TaskSource*>(g_source_new(TaskSource::functions(), sizeof(TaskSource)))) {
    tasksReady_->loop = this;
    g_main_context_set_poll_func(context_, &pollInBatches);
    g_source_attach(&tasksReady_->base, context_);
    thread_ = Thread(name, [this] {
        g_main_context_push_thread_default(context_);
        g_main_loop_run(loop_);
        g_main_context_pop_thread_default(context_);
    });
}

EventLoop::~EventLoop() {
    TESSERA_CHECK(!isCurrent());
    post([this] { g_main_loop_quit(loop_); });
    thread_.join();
    g_source_destroy(&tasksReady_->base);
    g_source_unref(&tasksReady_->base);
    g_main_loop_unref(loop_);
    g_main_context_unref(context_);
}

void EventLoop::post(Task task) {
    {
        Lock lock(mutex_);
        tasks_.push_back(std::move(task));
        if (tasks_.size() > 1) return;  // the source is ready already
    }
    g_source_set_ready_time(&tasksReady_->base, 0);
}

bool EventLoop::call(Duration deadline, Task task) {
    TESSERA_CHECK(!isCurrent());
    struct Done {
        Mutex mutex;
        CondVar condition;
        bool isDone = false;
    };
    auto done = std::make_shared<Done>();
    post([done, task = std::move(task)] {
        task();
        Lock lock(done->mutex);
        done->isDone = true;
        done->condition.notifyAll();
    });
    Lock lock(done->mutex);
    return done->condition.waitFor(done->mutex, deadline, [&] { return done->isDone; });
}

void EventLoop::runTasks() {
    std::deque<Task> tasks;
    {
        Lock lock(mutex_);
        std::swap(tasks, tasks_);
    }
    for (auto& task : tasks) {
        task();
        task = nullptr;  // what it holds is released before the next one runs
    }
}

LoopTimer EventLoop::every(Duration interval, Task onTimer) {
    return startTimer(context_, interval, std::move(onTimer), true);
}

LoopTimer EventLoop::after(Duration delay, Task onTimer) {
    return startTimer(context_, delay, std::move(onTimer), false);
}

EventLoopPool::EventLoopPool(int count) {
    for (int i = 0; i < std::clamp(count, 1, 16); ++i) loops_.push_back(std::make_unique<EventLoop>("webrtc-loop"));
}

EventLoop& EventLoopPool::next() {
    Lock lock(mutex_);
    next_ = (next_ + 1) % loops_.size();
    return *loops_[next_];
}

}  // namespace tessera
