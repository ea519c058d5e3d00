#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "api/http_message.h"

namespace tessera {

/// A GET or HEAD of /hls/{meeting}/{view}/{file}.
struct SiteRequest {
    std::string meeting, view, file;
    std::map<std::string, std::string> query;  ///< decoded: `_HLS_msn`, `_HLS_part`, ...
};

struct SiteReply {
    HttpResponse head;                        ///< status and headers; its body is sent when `body` is null
    std::shared_ptr<const std::string> body;  ///< shared by all who ask for it; the gateway serves ranges of it
};

/// Answers requests, perhaps later: a playlist that waits for its next part keeps no thread.
/// @thread the gateway's: nothing here may wait
class DeferredSite {
public:
    virtual ~DeferredSite() = default;

    /// Whether everybody may have it. The others need the right to receive in its meeting.
    virtual bool isPublic(const SiteRequest& request) = 0;

    /// Asks. `answer` is called at most once, from any thread, within this call or later. It does not wait.
    ///
    /// The gateway gives a request up after kDeadline (503) or when its client has gone; then it calls what this
    /// function returned, if that is not null, and drops an answer that comes nevertheless.
    virtual std::function<void()> ask(const SiteRequest& request, std::function<void(SiteReply)> answer) = 0;

    /// Above the longest blocking reload: three target durations of at most 10 s.
    static constexpr std::chrono::seconds kDeadline{35};
};

}  // namespace tessera
