#include "pipelines/ingest/network/rtsp_ingest.h"

#include "pipelines/ingest/network/network_kind.h"

namespace tessera {
namespace {

constexpr std::uint16_t kRtspPort = 554;   ///< @source RFC 2326 section 3.2
constexpr std::uint16_t kRtspsPort = 322;  ///< @source RFC 7826 section 19

/// The path and query as they were written: cameras are particular about both.
std::string requestPath(const std::string& url) {
    const auto begin = url.find_first_of("/?", url.find("://") + 3);
    return begin == std::string::npos ? std::string() : url.substr(begin);
}

}  // namespace

Status checkRtspIngest(const IngestSpec& spec, const IngestSettings& settings) {
    const auto url = readSourceUrl(spec, {"rtsp", "rtsps"});
    if (!url) return url.error();
    return checkReach(*url, settings);
}

Result<std::unique_ptr<Ingest>> createRtspIngest(const IngestSpec& spec, const IngestContext& context) {
    const auto url = readSourceUrl(spec, {"rtsp", "rtsps"});
    if (!url) return url.error();
    StreamKind kind = commonKind(spec);
    kind.locate = [url = *url, params = spec.params,
                   policy = UrlPolicy(context.settings.allow)](const Interrupt& interrupt) -> Result<StreamAddress> {
        const bool isSecure = url.scheme == "rtsps";
        auto reached =
            reach(url, isSecure ? kRtspsPort : kRtspPort, params.flag("verify_certificate"), policy, interrupt);
        if (!reached) return reached.error();
        return StreamAddress{
            .url = "rtsp://" + userInfo(url, params) + reached->place + requestPath(params.text("url")),
            .format = "rtsp",
            .protocols = isSecure ? "tcp" : "rtp,udp,tcp",
            .options = {{"rtsp_transport", isSecure ? "tcp" : params.text("transport")},
                        {"allowed_media_types", "video+audio"},
                        {"user_agent", "Tessera"}},
            .tunnel = std::move(reached->tunnel)};
    };
    return createStreamIngest(std::move(kind), context);
}

}  // namespace tessera
