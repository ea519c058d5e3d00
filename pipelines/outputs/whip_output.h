#pragma once

#include <memory>

#include "mcu/meeting/output.h"

#include "pipelines/webrtc/webrtc_publisher.h"

namespace tessera {

inline constexpr ParamRow kWhipParams[] = {
    {"url", ParamType::Url, "", "https:// or http://, a WHIP endpoint", "where to publish", 8, 2048},
    {"token", ParamType::Secret, "\"\"", "a bearer token", "who we are there; empty = nobody asks", 0, 4096},
    {"verify_certificate", ParamType::Boolean, "true", "true | false",
     "refuse a server whose certificate is not its own"},
};

/// Makes an output that publishes a view and its mix to another server over WebRTC: H.264 or VP8, and Opus.
/// @source RFC 9725 (WHIP)
/// @error invalid_argument: the URL or the token
Result<std::unique_ptr<Output>> createWhipOutput(const OutputRequest& request, WebRtcPublisher& publisher);

}  // namespace tessera
