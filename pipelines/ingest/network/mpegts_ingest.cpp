#include "pipelines/ingest/network/mpegts_ingest.h"

#include "pipelines/ingest/network/network_kind.h"

namespace tessera {
namespace {

/// Some 100 ms of 80 Mbit/s.
constexpr const char* kReceiveBufferBytes = "1000000";

Result<SourceUrl> readUrl(const IngestSpec& spec) {
    auto url = readSourceUrl(spec, {"udp", "rtp"});
    if (!url) return url;
    if (url->host.empty()) url->host = "0.0.0.0";
    TESSERA_TRY(checkListen(*url));
    for (const char* name : {"interface", "from"}) {
        const std::string& text = spec.params.text(name);
        if (!text.empty() && !IpAddress::parse(text)) {
            return invalidArgument(std::string(name) + " is no IP address", name);
        }
    }
    return url;
}

StreamAddress addressOf(const SourceUrl& url, const Params& params) {
    const IpAddress host = *IpAddress::parse(url.host);
    const bool isRtp = url.scheme == "rtp";
    StreamAddress address{.url = url.scheme + "://" + hostAndPort(host, url.port),
                          .format = isRtp ? "rtp" : "mpegts",
                          .protocols = isRtp ? "rtp,udp" : "udp"};
    address.options = {{"buffer_size", kReceiveBufferBytes}, {"overrun_nonfatal", "1"}};
    const std::string& interface = params.text("interface");
    if (!interface.empty()) {
        address.options.emplace_back("localaddr", interface);
    } else if (!host.isUnspecified() && !isMulticast(host)) {
        address.options.emplace_back("localaddr", host.toString());
    }
    if (!params.text("from").empty()) address.options.emplace_back("sources", params.text("from"));
    return address;
}

}  // namespace

Status checkMpegTsIngest(const IngestSpec& spec, const IngestSettings&) {
    const auto url = readUrl(spec);
    if (!url) return url.error();
    return kOk;
}

Result<std::unique_ptr<Ingest>> createMpegTsIngest(const IngestSpec& spec, const IngestContext& context) {
    const auto url = readUrl(spec);
    if (!url) return url.error();
    StreamKind kind = commonKind(spec);
    kind.listens = true;
    kind.locate = [address = addressOf(*url, spec.params)](const Interrupt&) -> Result<StreamAddress> {
        return address;
    };
    return createStreamIngest(std::move(kind), context);
}

}  // namespace tessera
