#include "pipelines/outputs/rtsp_output.h"

#include "mcu/base/url_text.h"

#include "pipelines/av/url_parts.h"
#include "pipelines/outputs/network_target.h"

namespace tessera {

Result<std::unique_ptr<Output>> createRtspOutput(const OutputRequest& request) {
    const std::string& url = request.params.text("url");
    const auto parts = splitUrl(url, "rtsp");
    if (!parts) return parts.error();
    if (parts->host.empty()) return invalidArgument("url names no host", "url");
    LiveSpec live;
    live.mux.format = "rtsp";
    live.mux.options = {{"rtsp_transport", "tcp"}};
    live.mux.isLive = true;
    live.mux.url = url;
    live.mux.video = request.video;
    live.mux.audio = request.audio;
    live.name = withoutCredentials(url);
    live.open = openByFormat(parts->host);
    return createLiveOutput(std::move(live));
}

}  // namespace tessera
