#include "pipelines/ingest/network/rtmp_ingest.h"

#include <algorithm>

#include "pipelines/ingest/network/network_kind.h"

namespace tessera {
namespace {

constexpr std::uint16_t kRtmpPort = 1935;  ///< @source Adobe's Real Time Messaging Protocol, section 1

struct Place {
    SourceUrl url;
    std::string application, stream;
};

/// libavformat would split the path by its own rules, which drop endings such as ".flv" from a stream's name.
Result<Place> placeOf(const IngestSpec& spec) {
    auto url = readSourceUrl(spec, {"rtmp"});
    if (!url) return url.error();
    Place place{std::move(url).value(), {}, spec.params.text("stream_key")};
    std::string path = place.url.path.substr(std::min<std::size_t>(1, place.url.path.size()));
    const std::string& whole = spec.params.text("url");
    if (place.stream.empty()) {
        const auto last = path.rfind('/');
        if (last == std::string::npos || last + 1 == path.size()) {
            return invalidArgument("url names no stream after its application", "url");
        }
        place.stream = path.substr(last + 1) + whole.substr(std::min(whole.find('?'), whole.size()));
        path.resize(last);
    }
    while (path.ends_with('/')) path.pop_back();
    if (path.empty()) return invalidArgument("url names no application", "url");
    place.application = path;
    return place;
}

StreamAddress addressOf(const Place& place, const IpAddress& address) {
    const auto port = place.url.port == 0 ? kRtmpPort : place.url.port;
    const bool isV6 = place.url.host.find(':') != std::string::npos;
    const auto named = (isV6 ? "[" + place.url.host + "]" : place.url.host) + ":" + std::to_string(port);
    return {.url = "rtmp://" + hostAndPort(address, port) + "/" + place.application,
            .format = "flv",
            .protocols = "rtmp,tcp",
            .options = {{"rtmp_app", place.application},
                        {"rtmp_playpath", place.stream},
                        {"rtmp_tcurl", "rtmp://" + named + "/" + place.application},
                        {"rtmp_live", "live"},
                        {"rtmp_buffer", "100"}}};
}

}  // namespace

Status checkRtmpIngest(const IngestSpec& spec, const IngestSettings& settings) {
    const auto place = placeOf(spec);
    if (!place) return place.error();
    return checkReach(place->url, settings);
}

Result<std::unique_ptr<Ingest>> createRtmpIngest(const IngestSpec& spec, const IngestContext& context) {
    const auto place = placeOf(spec);
    if (!place) return place.error();
    StreamKind kind = commonKind(spec);
    kind.locate = [place = *place,
                   policy = UrlPolicy(context.settings.allow)](const Interrupt& interrupt) -> Result<StreamAddress> {
        const auto address = policy.admit(place.url.host, interrupt);
        if (!address) return address.error();
        return addressOf(place, *address);
    };
    return createStreamIngest(std::move(kind), context);
}

}  // namespace tessera
