#pragma once

#include <memory>

#include "mcu/meeting/output.h"

namespace tessera {

inline constexpr ParamRow kSrtParams[] = {
    {"url", ParamType::Url, "", "srt:// with host and port, and no query",
     "whom to call; of a listener, the address and port to listen at", 8, 500},
    {"mode", ParamType::Choice, R"("caller")", "caller | listener", "who begins the connection"},
    {"passphrase", ParamType::Secret, R"("")", "10 to 79 bytes", "encrypts the stream with AES", 0, 79},
    {"latency_ms", ParamType::Integer, "120", "",
     "time for lost packets to be sent again; the larger of both sides' counts", 20, 8000},
    {"stream_id", ParamType::Secret, R"("")", "text", "tells the listener which stream this is, often with a key", 0,
     512},
};

/// Makes an output that sends a view and its mix over SRT: H.264 and AAC in an MPEG transport stream.
/// @source draft-sharabayko-srt
/// @error invalid_argument: the URL, or a passphrase shorter than SRT takes
Result<std::unique_ptr<Output>> createSrtOutput(const OutputRequest& request);

}  // namespace tessera
