#pragma once

#include "pipelines/ingest/network/stream_ingest.h"

namespace tessera {

inline constexpr ParamRow kMpegTsIngestParams[] = {
    {"url", ParamType::Url, "",
     "udp://address:port or rtp://address:port: a multicast group, an address here, or 0.0.0.0",
     "where the stream comes to", 1, 2048},
    {"interface", ParamType::Text, "\"\"", "a name as eth0, or an address of this machine",
     "where a multicast group is joined; empty = where routes lead", 0, 45},
    {"from", ParamType::Text, "\"\"", "an IP address",
     "the only sender that is heard, of a group by source-specific multicast; empty = any", 0, 45},
    {"latency_ms", ParamType::Integer, "200", "milliseconds", "evens out the jitter of the network", 0, 10'000},
    kAudioParam,
    kVideoParam,
};

/// @error invalid_argument with `field`: a URL or a parameter that this kind does not take, or a host that is not
///        allowed
Status checkMpegTsIngest(const IngestSpec& spec, const IngestSettings& settings);

/// Makes an ingest as createStreamIngest does. @error as checkMpegTsIngest, but for what must be looked up
Result<std::unique_ptr<Ingest>> createMpegTsIngest(const IngestSpec& spec, const IngestContext& context);

}  // namespace tessera
