#include "pipelines/ingest/network/mpegts_ingest.h"

#include "pipelines/ingest/network/datagram_reader.h"
#include "pipelines/ingest/network/network_kind.h"

namespace tessera {
namespace {

Result<SourceUrl> readUrl(const IngestSpec& spec) {
    auto url = readSourceUrl(spec, {"udp", "rtp"});
    if (!url) return url;
    if (url->host.empty()) url->host = "0.0.0.0";
    TESSERA_TRY(checkListen(*url));
    const std::string &interface = spec.params.text("interface"), &from = spec.params.text("from");
    if (!interface.empty() && !namesInterface(interface)) {
        return invalidArgument("interface is neither an IP address nor the name of an interface", "interface");
    }
    if (from.empty()) return url;
    const auto sender = IpAddress::parse(from);
    if (!sender) return invalidArgument("from is no IP address", "from");
    if (sender->isV4() != IpAddress::parse(url->host)->isV4()) {
        return invalidArgument("from and url are addresses of different families", "from");
    }
    return url;
}

DatagramSocket::Place placeOf(const SourceUrl& url, const Params& params) {
    DatagramSocket::Place place{{*IpAddress::parse(url.host), url.port}, params.text("interface"), {}};
    if (!params.text("from").empty()) place.from = IpAddress::parse(params.text("from"));
    return place;
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
    kind.locate = [place = placeOf(*url, spec.params),
                   isRtp = url->scheme == "rtp"](const Interrupt&) -> Result<StreamAddress> {
        auto socket = DatagramSocket::receivingAt(place);
        if (!socket) return socket.error();
        return StreamAddress{.url = "",
                             .format = "mpegts",
                             .protocols = "none",
                             .options = {},
                             .bytes = readDatagrams(std::move(socket).value(), isRtp)};
    };
    return createStreamIngest(std::move(kind), context);
}

}  // namespace tessera
