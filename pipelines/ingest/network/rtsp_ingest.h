#pragma once

#include "pipelines/ingest/network/network_kind.h"

namespace tessera {

inline constexpr ParamRow kRtspIngestParams[] = {
    {"url", ParamType::Url, "", "rtsp:// or rtsps://[user:password@]host[:port]/path", "where the stream is", 1, 2048},
    {"transport", ParamType::Choice, "\"tcp\"", "tcp | udp", "how the media comes; over TLS always by tcp"},
    {"user", ParamType::Text, "\"\"", "a name", "who we are, instead of what the URL says", 0, 200},
    {"password", ParamType::Secret, "\"\"", "a password", "of that user", 0, 200},
    {"latency_ms", ParamType::Integer, "200", "milliseconds", "evens out the jitter of the network", 0, 10'000},
    kVerifyParam,
    kAudioParam,
    kVideoParam,
};

/// @error invalid_argument with `field`: a URL or a parameter that this kind does not take, or a host that is not
///        allowed
Status checkRtspIngest(const IngestSpec& spec, const IngestSettings& settings);

/// Makes an ingest as createStreamIngest does. @error as checkRtspIngest, but for what must be looked up
Result<std::unique_ptr<Ingest>> createRtspIngest(const IngestSpec& spec, const IngestContext& context);

}  // namespace tessera
