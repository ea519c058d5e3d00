#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "pipelines/ingest/ingest_catalog.h"
#include "pipelines/ingest/network/stream_clock.h"

namespace tessera {

class ByteSource;
class HlsResources;
class Interrupt;
class TlsTunnel;

/// What libavformat opens.
struct StreamAddress {
    std::string url;        ///< its host is an address that was checked: nothing is looked up again
    std::string format;     ///< libavformat's short name of the demuxer, always named
    std::string protocols;  ///< the only ones that libavformat may use
    std::vector<std::pair<std::string, std::string>> options;  ///< secrets belong here
    std::shared_ptr<ByteSource> bytes;                         ///< read instead of what the URL names; null = none
    std::shared_ptr<HlsResources> resources;  ///< opens whatever that leads to; null = libavformat does
    std::shared_ptr<TlsTunnel> tunnel;        ///< that the URL leads into; null = none
};

/// One kind of stream from a network.
struct StreamKind {
    std::string shown;  ///< the URL without credentials, for errors
    StreamClock::Kind clock = StreamClock::Kind::Arrival;
    Duration latency{};
    bool listens = false;   ///< waits for a sender for as long as it takes
    bool isPushed = false;  ///< so does `locate`, and no waits grow: the sender comes when it wants
    Duration openWithin = std::chrono::seconds(10);
    Duration goneAfter = std::chrono::seconds(8);  ///< without a packet: it connects again
    bool audio = true, video = true;
    /// Says what to open; asked before each attempt, on the ingest's thread.
    /// @error invalid_argument, unsupported: it never will be: the source fails; others: it is tried again
    std::function<Result<StreamAddress>(const Interrupt& interrupt)> locate;
};

/// Makes an ingest that reads a stream on a thread of its own and decodes it on another.
///
/// Connecting until the first picture or sound has come, then Live; Stalled after three seconds without a packet and
/// until media comes again. After `goneAfter` without one, and whenever the other side goes away, it connects again,
/// with waits that grow from half a second to ten; Failed when what comes can never be shown.
std::unique_ptr<Ingest> createStreamIngest(StreamKind kind, const IngestContext& context);

/// What every kind takes; each adds its own latency.
inline constexpr ParamRow kAudioParam{"audio", ParamType::Boolean, "true", "true | false", "hear its sound"};
inline constexpr ParamRow kVideoParam{"video", ParamType::Boolean, "true", "true | false", "show its picture"};

}  // namespace tessera
