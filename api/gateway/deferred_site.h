#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "api/http_message.h"

namespace tessera {

/// One request for what a DeferredSite holds: GET or HEAD of /hls/{meeting}/{view}/{file}, already authorised.
struct SiteRequest {
    std::string meeting, view;
    std::string file;                          ///< the rest of the path; may hold '/'
    std::map<std::string, std::string> query;  ///< decoded: `_HLS_msn`, `_HLS_part`, ...
};

struct SiteReply {
    HttpResponse head;                        ///< status and headers; its body is sent when `body` is null
    std::shared_ptr<const std::string> body;  ///< shared by all who ask for it; the gateway serves ranges of it
};

/// Answers requests, perhaps later: a playlist that waits for its next part keeps no thread.
class DeferredSite {
public:
    virtual ~DeferredSite() = default;

    /// Asks. `answer` is called at most once, from any thread, within this call or later. It does not wait.
    ///
    /// The gateway forgets a request after kDeadline (503) or when its client has gone; then it calls what this
    /// function returned, if that is not null, and an answer that comes nevertheless is dropped.
    /// @thread the gateway's: must not wait
    virtual std::function<void()> ask(const SiteRequest& request, std::function<void(SiteReply)> answer) = 0;

    /// Above the longest blocking reload: three target durations of at most 10 s.
    static constexpr int kDeadlineSeconds = 35;
};

}  // namespace tessera
