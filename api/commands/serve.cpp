#include "api/commands/serve.h"

#include <csignal>
#include <iostream>
#include <pthread.h>

#include "mcu/base/environment.h"
#include "mcu/base/log.h"

#include "api/commands/commands.h"
#include "api/json.h"
#include "api/server.h"

namespace tessera {

int serveCommand(const std::string& configFile) {
    const auto config = loadConfig(configFile, environmentVariable);
    if (!config) return reportFault(config.error());
    LogLevel level = LogLevel::Info;
    parseLogLevel(config->log.level, level);
    setLogLevel(level);

    // Blocked before any thread is made, so that only the wait below sees them.
    sigset_t stops;
    sigemptyset(&stops);
    sigaddset(&stops, SIGINT);
    sigaddset(&stops, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &stops, nullptr);
    std::signal(SIGPIPE, SIG_IGN);

    auto server = Server::create(*config);
    if (!server) return reportFault(server.error());
    std::cout << toText({{"ready", true}, {"http", (*server)->url()}}) << std::endl;
    int received = 0;
    sigwait(&stops, &received);
    log(LogLevel::Info, "api", "stopping", {{"signal", received}});
    (*server)->stop();
    return kExitOk;
}

}  // namespace tessera
