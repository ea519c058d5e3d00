#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "mcu/base/check.h"

// Marks that clang's -Wthread-safety checks and GCC ignores.
#if defined(__clang__)
#define TESSERA_ATTRIBUTE(x) __attribute__((x))
#else
#define TESSERA_ATTRIBUTE(x)
#endif
#define GUARDED_BY(mutex) TESSERA_ATTRIBUTE(guarded_by(mutex))
#define REQUIRES(mutex) TESSERA_ATTRIBUTE(requires_capability(mutex))
#define EXCLUDES(mutex) TESSERA_ATTRIBUTE(locks_excluded(mutex))

namespace tessera {

/// A mutex whose guarded members are marked GUARDED_BY. Never hold two at once.
class TESSERA_ATTRIBUTE(capability("mutex")) Mutex {
public:
    void lock() TESSERA_ATTRIBUTE(acquire_capability()) { mutex_.lock(); }
    void unlock() TESSERA_ATTRIBUTE(release_capability()) { mutex_.unlock(); }

private:
    friend class CondVar;
    std::mutex mutex_;
};

class TESSERA_ATTRIBUTE(scoped_lockable) Lock {
public:
    explicit Lock(Mutex& mutex) TESSERA_ATTRIBUTE(acquire_capability(mutex)) : mutex_(mutex) { mutex_.lock(); }
    ~Lock() TESSERA_ATTRIBUTE(release_capability()) { mutex_.unlock(); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

private:
    Mutex& mutex_;
};

/// Condition variable of a Mutex; the caller holds the mutex around every wait.
class CondVar {
public:
    void notifyOne() { condition_.notify_one(); }
    void notifyAll() { condition_.notify_all(); }

    template <typename Predicate>
    void wait(Mutex& mutex, Predicate predicate) REQUIRES(mutex) {
        std::unique_lock lock(mutex.mutex_, std::adopt_lock);
        condition_.wait(lock, predicate);
        lock.release();
    }

    /// @return the predicate's last value: false means that `timeout` passed.
    template <typename Rep, typename Period, typename Predicate>
    bool waitFor(Mutex& mutex, std::chrono::duration<Rep, Period> timeout, Predicate predicate) REQUIRES(mutex) {
        std::unique_lock lock(mutex.mutex_, std::adopt_lock);
        const bool satisfied = condition_.wait_for(lock, timeout, predicate);
        lock.release();
        return satisfied;
    }

private:
    std::condition_variable condition_;
};

/// A named thread that is joined by its destructor; whatever ends it must have been asked to before.
class Thread {
public:
    Thread() = default;
    /// @param name  at most 15 characters, as `top -H` shows it
    template <typename Body>
    Thread(const char* name, Body body)
        : thread_([name, body = std::move(body)]() mutable {
              nameCurrentThread(name);
              body();
          }) {}
    Thread(Thread&&) = default;
    Thread& operator=(Thread&& other) noexcept {
        join();
        thread_ = std::move(other.thread_);
        return *this;
    }
    ~Thread() { join(); }

    bool isCurrent() const { return thread_.get_id() == std::this_thread::get_id(); }
    void join() {
        if (thread_.joinable()) thread_.join();
    }

private:
    static void nameCurrentThread(const char* name);
    std::thread thread_;
};

}  // namespace tessera
