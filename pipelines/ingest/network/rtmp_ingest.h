#pragma once

#include "pipelines/ingest/network/stream_ingest.h"

namespace tessera {

inline constexpr ParamRow kRtmpIngestParams[] = {
    {"url", ParamType::Url, "", "rtmp://host[:port]/application[/stream]", "where the stream is", 1, 2048},
    {"stream_key", ParamType::Secret, "\"\"", "the name of the stream", "instead of the end of the URL", 0, 512},
    {"latency_ms", ParamType::Integer, "300", "milliseconds", "evens out the jitter of the network", 0, 10'000},
    kAudioParam,
    kVideoParam,
};

/// @error invalid_argument with `field`: a URL or a parameter that this kind does not take, or a host that is not
///        allowed
Status checkRtmpIngest(const IngestSpec& spec, const IngestSettings& settings);

/// Makes an ingest as createStreamIngest does. @error as checkRtmpIngest, but for what must be looked up
Result<std::unique_ptr<Ingest>> createRtmpIngest(const IngestSpec& spec, const IngestContext& context);

}  // namespace tessera
