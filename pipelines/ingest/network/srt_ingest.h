#pragma once

#include "pipelines/ingest/network/stream_ingest.h"

namespace tessera {

inline constexpr ParamRow kSrtIngestParams[] = {
    {"url", ParamType::Url, "", "srt://host:port, or srt://0.0.0.0:port to listen", "where the stream is", 1, 2048},
    {"mode", ParamType::Choice, "\"caller\"", "caller | listener",
     "who connects: we (caller) or the sender (listener)"},
    {"passphrase", ParamType::Secret, "\"\"", "10 to 79 bytes", "decrypts the stream; empty = it is not encrypted", 0,
     79},
    {"stream_id", ParamType::Secret, "\"\"", "as the server expects it", "names the stream to a server", 0, 512},
    {"srt_latency_ms", ParamType::Integer, "120", "milliseconds", "how long SRT waits for a lost packet", 20, 8000},
    {"latency_ms", ParamType::Integer, "100", "milliseconds", "evens out what jitter is left", 0, 10'000},
    kAudioParam,
    kVideoParam,
};

/// @error invalid_argument with `field`: a URL or a parameter that this kind does not take, or a host that is not
///        allowed
Status checkSrtIngest(const IngestSpec& spec, const IngestSettings& settings);

/// Makes an ingest as createStreamIngest does. @error as checkSrtIngest, but for what must be looked up
Result<std::unique_ptr<Ingest>> createSrtIngest(const IngestSpec& spec, const IngestContext& context);

}  // namespace tessera
