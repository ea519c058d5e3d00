#include "api/commands/serve.h"

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <malloc.h>
#include <pthread.h>
#include <sys/resource.h>

#include "mcu/base/environment.h"
#include "mcu/base/log.h"
#include "mcu/base/sync.h"
#include "mcu/base/time.h"

#include "api/commands/commands.h"
#include "api/config.h"
#include "api/json.h"
#include "api/server.h"
#include "api/version.h"

namespace tessera {
namespace {

/// Far above what the end of many meetings takes.
constexpr Duration kStopLimit = std::chrono::seconds(30);

/// Blocked before any thread is made, so that every thread inherits the mask and only `sigwait` takes them.
sigset_t blockStopSignals() {
    sigset_t stops;
    sigemptyset(&stops);
    sigaddset(&stops, SIGINT);
    sigaddset(&stops, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &stops, nullptr);
    std::signal(SIGPIPE, SIG_IGN);  // a peer that closes is an error of that write
    return stops;
}

void logConfiguration(const Config& config) {
    LogLevel level = LogLevel::Info;
    parseLogLevel(config.log.level, level);
    setLogLevel(level);
    log(LogLevel::Info, "api", "starting", {{"version", std::string(version())}, {"data", config.data.dir}});
    for (const auto& warning : configWarnings(config)) log(LogLevel::Warning, "config", warning);
    for (const auto& warning : environmentWarnings(environmentNames("TESSERA_"))) {
        log(LogLevel::Warning, "config", warning);
    }
}

/// What is open beside the connections of clients: sockets of participants, files, the server's own.
constexpr rlim_t kOtherDescriptors = 1000;

/// As many descriptors as the process may have: shells and service managers begin with 1024 for the sake of programs
/// that wait with select(2), which nothing here does. Source: systemd.exec(5), LimitNOFILE.
void raiseDescriptorLimit(const Config& config) {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    const bool isRaised = setrlimit(RLIMIT_NOFILE, &limit) == 0 || getrlimit(RLIMIT_NOFILE, &limit) == 0;
    const rlim_t wanted = static_cast<rlim_t>(config.http.connections) + kOtherDescriptors;
    if (!isRaised || limit.rlim_cur >= wanted) return;
    log(LogLevel::Warning, "api", "few descriptors for http.connections: raise LimitNOFILE or ulimit -n",
        {{"limit", static_cast<std::int64_t>(limit.rlim_cur)}, {"wanted", static_cast<std::int64_t>(wanted)}});
}

/// Ends the process when its orderly end takes too long: then a thread waits for a disk that does not answer. What was
/// under way is taken up at the next start, as after a crash.
class StopLimit {
public:
    ~StopLimit() {
        {
            Lock lock(mutex_);
            isOver_ = true;
            changed_.notifyAll();
        }
        thread_.join();
    }

private:
    void run() {
        Lock lock(mutex_);
        if (changed_.waitFor(mutex_, kStopLimit, [this] { return isOver_; })) return;
        log(LogLevel::Error, "api", "the server did not end in time");
        std::_Exit(kExitFailure);
    }

    Mutex mutex_;
    CondVar changed_;
    bool isOver_ GUARDED_BY(mutex_) = false;
    Thread thread_{"stop-limit", [this] { run(); }};
};

}  // namespace

int serveCommand(const std::string& configFile) {
    const auto stops = blockStopSignals();
    // glibc gives threads arenas of their own, and each keeps what a peer that has gone once used. With two of them
    // memory stays flat while peers come and go. Source: mallopt(3).
    mallopt(M_ARENA_MAX, 2);
    const auto config = loadConfig(configFile, environmentVariable);
    if (!config) return reportFault(config.error());
    logConfiguration(*config);
    raiseDescriptorLimit(*config);
    auto server = Server::create(*config);
    if (!server) return reportFault(server.error());
    std::cout << toText({{"ready", true}, {"http", (*server)->url()}}) << std::endl;
    int received = 0;
    sigwait(&stops, &received);
    log(LogLevel::Info, "api", "stopping", {{"signal", received}});
    pthread_sigmask(SIG_UNBLOCK, &stops, nullptr);  // a second signal does not wait for an orderly end
    const StopLimit limit;
    if (const Status stopped = (*server)->stop(); !stopped) {
        log(LogLevel::Warning, "api", stopped.error().message);
        std::_Exit(kExitOk);
    }
    return kExitOk;
}

}  // namespace tessera
