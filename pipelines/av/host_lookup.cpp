#include "pipelines/av/host_lookup.h"

#include <memory>
#include <netdb.h>
#include <vector>

#include "mcu/base/sync.h"

namespace tessera {
namespace {

constexpr timespec kAskInterval{0, 50'000'000};

/// One request to the C library's resolver threads, which write into it until it is done.
struct Request {
    explicit Request(const std::string& name) : host(name) { control.ar_name = host.c_str(); }
    ~Request() {
        if (control.ar_result) freeaddrinfo(control.ar_result);
    }
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;
    bool isPending() { return gai_error(&control) == EAI_INPROGRESS; }

    const std::string host;
    gaicb control{};
};

/// Keeps requests that nobody waits for any more until they are done: one in progress cannot be cancelled.
class Abandoned {
public:
    void keep(std::unique_ptr<Request> request) {
        Lock lock(mutex_);
        std::erase_if(requests_, [](const auto& each) { return !each->isPending(); });
        requests_.push_back(std::move(request));
    }

private:
    Mutex mutex_;
    std::vector<std::unique_ptr<Request>> requests_ GUARDED_BY(mutex_);
};

Abandoned& abandoned() {
    static auto* const kept = new Abandoned;  // outlives the resolver's threads
    return *kept;
}

bool isNumeric(const std::string& host) {
    addrinfo hints{}, *found = nullptr;
    hints.ai_flags = AI_NUMERICHOST;
    if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return false;
    freeaddrinfo(found);
    return true;
}

}  // namespace

Status lookUp(const std::string& host, const Interrupt& interrupt) {
    if (host.empty() || isNumeric(host)) return kOk;
    auto request = std::make_unique<Request>(host);
    gaicb* controls[] = {&request->control};
    if (getaddrinfo_a(GAI_NOWAIT, controls, 1, nullptr) != 0) {
        return Error{ErrorCode::Unreachable, "the host name could not be looked up", {}};
    }
    const gaicb* waitedFor[] = {&request->control};
    while (request->isPending() && !interrupt.isDue()) gai_suspend(waitedFor, 1, &kAskInterval);
    if (request->isPending()) {
        if (gai_cancel(&request->control) != EAI_CANCELED) abandoned().keep(std::move(request));
        return Error{ErrorCode::Timeout, host + ": its address was not found in time", {}};
    }
    const int code = gai_error(&request->control);
    if (code == 0) return kOk;
    return Error{ErrorCode::Unreachable, host + ": " + gai_strerror(code), {}};
}

}  // namespace tessera
