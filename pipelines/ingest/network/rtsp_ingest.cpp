#include "pipelines/ingest/network/rtsp_ingest.h"

#include "pipelines/ingest/network/network_kind.h"

namespace tessera {
namespace {

constexpr std::uint16_t kRtspPort = 554;  ///< @source RFC 2326 section 3.2

/// The path and query as they were written: cameras are particular about both.
std::string requestPath(const std::string& url) {
    const auto begin = url.find_first_of("/?", url.find("://") + 3);
    return begin == std::string::npos ? std::string() : url.substr(begin);
}

}  // namespace

Status checkRtspIngest(const IngestSpec& spec, const IngestSettings& settings) {
    const auto url = readSourceUrl(spec, {"rtsp"});
    if (!url) return url.error();
    return checkReach(*url, settings);
}

Result<std::unique_ptr<Ingest>> createRtspIngest(const IngestSpec& spec, const IngestContext& context) {
    const auto url = readSourceUrl(spec, {"rtsp"});
    if (!url) return url.error();
    StreamKind kind = commonKind(spec);
    kind.locate = [url = *url, params = spec.params,
                   policy = UrlPolicy(context.settings.allow)](const Interrupt& interrupt) -> Result<StreamAddress> {
        const auto address = policy.admit(url.host, interrupt);
        if (!address) return address.error();
        const auto place = hostAndPort(*address, url.port == 0 ? kRtspPort : url.port);
        return StreamAddress{.url = "rtsp://" + userInfo(url, params) + place + requestPath(params.text("url")),
                             .format = "rtsp",
                             .protocols = "rtp,udp,tcp",
                             .options = {{"rtsp_transport", params.text("transport")},
                                         {"allowed_media_types", "video+audio"},
                                         {"user_agent", "Tessera"}}};
    };
    return createStreamIngest(std::move(kind), context);
}

}  // namespace tessera
