#include "pipelines/outputs/rtmp_output.h"

#include <algorithm>

#include "mcu/base/url_text.h"

#include "pipelines/av/url_parts.h"
#include "pipelines/outputs/network_target.h"

namespace tessera {
namespace {

/// Where an RTMP client connects and under which name it publishes.
struct Place {
    std::string url;  ///< scheme, user, host and port
    std::string host, application, streamKey;
};

/// libavformat would split the path by its own rules, which drop endings such as ".flv" from a stream key.
Result<Place> placeOf(const Params& params) {
    const std::string& url = params.text("url");
    const auto parts = splitUrl(url, "rtmp | rtmps");
    if (!parts) return parts.error();
    if (parts->host.empty()) return invalidArgument("url names no host", "url");
    const auto slash = std::min(url.find('/', parts->scheme.size() + 3), url.size());
    Place place{url.substr(0, slash), parts->host, url.substr(std::min(slash + 1, url.size())),
                params.text("stream_key")};
    if (place.streamKey.empty()) {
        const auto query = std::min(place.application.find('?'), place.application.size());
        const auto last = place.application.rfind('/', query);
        if (last == std::string::npos || last + 1 == place.application.size()) {
            return invalidArgument("stream_key is missing", "stream_key");
        }
        place.streamKey = place.application.substr(last + 1);
        place.application.resize(last);
    }
    while (place.application.ends_with('/')) place.application.pop_back();
    if (place.application.empty()) return invalidArgument("url names no application", "url");
    return place;
}

}  // namespace

Result<std::unique_ptr<Output>> createRtmpOutput(const OutputRequest& request) {
    const auto place = placeOf(request.params);
    if (!place) return place.error();
    NetworkAddress address{.url = place->url + "/" + place->application,
                           .host = place->host,
                           .refusal = "the server refused the application or the stream key"};
    address.options = {{"rtmp_app", place->application},
                       {"rtmp_playpath", place->streamKey},
                       {"rtmp_live", "live"},
                       {"send_buffer_size", std::to_string(sendBufferBytes(request))},
                       {"tls_verify", request.params.flag("verify_certificate") ? "1" : "0"}};
    LiveSpec live;
    live.mux.format = "flv";
    live.mux.options = {{"flvflags", "no_duration_filesize"}};
    live.mux.isLive = true;
    live.mux.video = request.video;
    live.mux.audio = request.audio;
    live.name = withoutCredentials(request.params.text("url"));
    live.open = openNetwork(std::move(address));
    return createLiveOutput(std::move(live));
}

}  // namespace tessera
