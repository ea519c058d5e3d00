#include "pipelines/outputs/srt_output.h"

#include "pipelines/av/url_parts.h"
#include "pipelines/outputs/network_target.h"
#include "pipelines/outputs/transport_stream.h"

namespace tessera {
namespace {

/// @source libsrt, SRTO_PASSPHRASE
constexpr std::size_t kMinPassphraseBytes = 10;

Result<UrlParts> check(const Params& params) {
    auto url = splitUrl(params.text("url"), "srt");
    if (!url) return url;
    if (url->port <= 0 || url->port > 65535) return invalidArgument("url names no port", "url");
    if (url->host.empty() && params.text("mode") == "caller") return invalidArgument("url names no host", "url");
    if (!url->path.empty() && url->path != "/") {
        // libavformat reads a query in other units than libsrt's own tools do, and would let it override parameters.
        return invalidArgument("url takes no path and no query: mode, latency_ms, ... are parameters of their own",
                               "url");
    }
    const auto length = params.text("passphrase").size();
    if (length != 0 && length < kMinPassphraseBytes) {
        return invalidArgument("passphrase must have 10 to 79 bytes", "passphrase");
    }
    return url;
}

}  // namespace

Result<std::unique_ptr<Output>> createSrtOutput(const OutputRequest& request) {
    const Params& params = request.params;
    const auto url = check(params);
    if (!url) return url.error();
    const bool listens = params.text("mode") == "listener";
    NetworkAddress address{
        .url = params.text("url"),
        .host = url->host,
        .refusal = listens ? "it cannot be listened at" : "nobody answers there, or with another passphrase",
        .packetBytes = kTransportPacketBytes};
    address.options = {{"mode", params.text("mode")},
                       {"latency", std::to_string(params.integer("latency_ms") * 1000)},  // libavformat: microseconds
                       {"payload_size", std::to_string(kTransportPacketBytes)},
                       {"connect_timeout", "5000"},
                       {"transtype", "live"}};
    if (!params.text("passphrase").empty()) address.options.emplace_back("passphrase", params.text("passphrase"));
    if (!params.text("stream_id").empty()) address.options.emplace_back("streamid", params.text("stream_id"));
    LiveSpec live = transportStream(request);
    live.open = openNetwork(std::move(address));
    if (listens) live.connectTime = Duration{};
    return createLiveOutput(std::move(live));
}

}  // namespace tessera
