#pragma once

#include "pipelines/ingest/network/stream_ingest.h"

namespace tessera {

inline constexpr ParamRow kHlsIngestParams[] = {
    {"url", ParamType::Url, "", "http:// or https://, of a master or a media playlist", "where the playlist is", 1,
     2048},
    {"max_height", ParamType::Integer, "2304", "pixels",
     "of what a master playlist offers, the best stream that is no higher is taken", 16, 2304},
    {"latency_ms", ParamType::Integer, "1000", "milliseconds", "evens out the jitter of the network", 0, 10'000},
    kAudioParam,
    kVideoParam,
};

/// @error invalid_argument with `field`: a URL or a parameter that this kind does not take, or a host that is not
///        allowed
Status checkHlsIngest(const IngestSpec& spec, const IngestSettings& settings);

/// Makes an ingest as createStreamIngest does. @error as checkHlsIngest, but for what must be looked up
Result<std::unique_ptr<Ingest>> createHlsIngest(const IngestSpec& spec, const IngestContext& context);

}  // namespace tessera
