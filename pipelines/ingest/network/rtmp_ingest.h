#pragma once

#include "pipelines/ingest/network/network_kind.h"

namespace tessera {

inline constexpr ParamRow kRtmpIngestParams[] = {
    {"url", ParamType::Url, "\"\"", "rtmp:// or rtmps://host[:port]/application[/stream]",
     "where the stream is; empty = a sender such as OBS pushes it to us", 0, 2048},
    {"mode", ParamType::Choice, "\"auto\"", "auto | caller | listener",
     "who connects: we (caller) or the sender (listener); auto: the sender where there is no url"},
    {"stream_key", ParamType::Secret, "\"\"", "the name of the stream", "instead of the end of the URL", 0, 512},
    {"application", ParamType::Text, "\"\"", "the meeting's id",
     "of a listener: what a sender names before its key; set by the server", 0, 64},
    {"key", ParamType::Secret, "\"\"", "12 to 128 characters of [A-Za-z0-9_-]",
     "of a listener: the key that a sender must have; made up when empty, and told in the answer that adds the source",
     0, 128},
    {"latency_ms", ParamType::Integer, "300", "milliseconds", "evens out the jitter of the network", 0, 10'000},
    kVerifyParam,
    kAudioParam,
    kVideoParam,
};

/// Says who connects, and gives a listener its application and a key of 128 random bits where it has none.
void prepareRtmpIngest(IngestSpec& spec, std::string_view meeting);

/// @error invalid_argument with `field`: a URL or a parameter that this kind does not take, or a host that is not
///        allowed
Status checkRtmpIngest(const IngestSpec& spec, const IngestSettings& settings);

/// Makes an ingest as createStreamIngest does. @error as checkRtmpIngest, but for what must be looked up
Result<std::unique_ptr<Ingest>> createRtmpIngest(const IngestSpec& spec, const IngestContext& context);

}  // namespace tessera
