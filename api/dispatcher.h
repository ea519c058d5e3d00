#pragma once

#include <map>
#include <string>

#include "mcu/base/sync.h"
#include "mcu/base/time.h"

#include "api/routes.h"

namespace tessera {

/// Slows down guessing: an address with many refused credentials within a short time waits.
class CredentialGuard {
public:
    static constexpr int kTries = 20;  ///< far above a person's mistakes, far below what guessing needs
    static constexpr Duration kWindow = std::chrono::seconds(10);

    bool isBlocked(const std::string& address) EXCLUDES(mutex_);
    void failed(const std::string& address) EXCLUDES(mutex_);

private:
    struct Failures {
        MonotonicTime since{};
        int count = 0;
    };
    SteadyClock clock_;
    Mutex mutex_;
    std::map<std::string, Failures> failures_ GUARDED_BY(mutex_);
};

/// Takes a request to its handler and the answer back: finds the route, authenticates and authorises, checks the media
/// type and preconditions, remembers idempotent replies, writes the audit log, adds CORS headers.
/// @thread any
class Dispatcher {
public:
    /// @param services  outlives the dispatcher
    explicit Dispatcher(Services& services) : services_(services) {}

    HttpResponse handle(const HttpRequest& request);

private:
    HttpResponse answer(const HttpRequest& request);
    HttpResponse run(const Route& route, Call& call);
    Result<HttpResponse> runOnce(const Route& route, Call& call);
    Status checkAccess(const Route& route, Call& call);
    bool preconditionHolds(const Call& call);
    HttpResponse preflight(const HttpRequest& request);
    void addCors(const HttpRequest& request, HttpResponse& response) const;

    // Borrowed
    Services& services_;
    // State
    CredentialGuard guard_;
};

}  // namespace tessera
