#pragma once

#include "api/auth.h"
#include "api/config.h"
#include "api/console_files.h"
#include "api/events/event_log.h"
#include "api/http_server.h"
#include "api/meeting_registry.h"
#include "api/outputs.h"
#include "api/renders.h"
#include "api/store/store.h"
#include "gpu/gpu_engines.h"

namespace tessera {

class Webhooks;

/// What handlers work with. Everything is borrowed from the Server and may be used by any thread.
struct Services {
    const Config& config;
    Store& store;
    Authenticator& authenticator;
    MeetingRegistry& meetings;
    Outputs& outputs;
    const ConsoleFiles& files;
    EventLog& events;
    Webhooks* webhooks = nullptr;        ///< null in tests without media
    Renders* renders = nullptr;          ///< null in tests without media
    MediaFactory* media = nullptr;       ///< null in tests without media
    const GpuEngines* gpus = nullptr;    ///< null in tests without media
    const HttpCounters* http = nullptr;  ///< null until the server listens
};

}  // namespace tessera
