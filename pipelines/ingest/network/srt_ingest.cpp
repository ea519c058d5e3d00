#include "pipelines/ingest/network/srt_ingest.h"

#include "pipelines/ingest/network/network_kind.h"

namespace tessera {
namespace {

/// A parameter, or else what the URL's query says.
std::string eitherOf(const Params& params, std::string_view name, const SourceUrl& url, std::string_view inQuery) {
    const std::string& given = params.text(name);
    return given.empty() ? url.queryValue(inQuery) : given;
}

bool listens(const Params& params, const SourceUrl& url) {
    return params.text("mode") == "listener" || url.queryValue("mode") == "listener";
}

Result<SourceUrl> readUrl(const IngestSpec& spec) {
    auto url = readSourceUrl(spec, {"srt"});
    if (!url) return url;
    for (const auto& [name, value] : url->query) {
        if (name != "mode" && name != "passphrase" && name != "streamid") {
            return invalidArgument("url has " + name + " in its query: only mode, passphrase and streamid may be there",
                                   "url");
        }
    }
    const auto passphrase = eitherOf(spec.params, "passphrase", *url, "passphrase");
    if (!passphrase.empty() && (passphrase.size() < 10 || passphrase.size() > 79)) {
        return invalidArgument("passphrase must have 10 to 79 bytes", "passphrase");
    }
    if (url->port == 0) return invalidArgument("url names no port", "url");
    if (listens(spec.params, *url)) TESSERA_TRY(checkListen(*url));
    return url;
}

StreamAddress addressOf(const Params& params, const SourceUrl& url, const std::string& place) {
    StreamAddress address{.url = "srt://" + place, .format = "mpegts", .protocols = "srt"};
    address.options = {{"mode", listens(params, url) ? "listener" : "caller"},
                       {"latency", std::to_string(1000 * params.integer("srt_latency_ms"))},
                       {"connect_timeout", "5000"},
                       {"transtype", "live"}};
    const auto passphrase = eitherOf(params, "passphrase", url, "passphrase");
    const auto streamId = eitherOf(params, "stream_id", url, "streamid");
    if (!passphrase.empty()) address.options.emplace_back("passphrase", passphrase);
    if (!streamId.empty()) address.options.emplace_back("streamid", streamId);
    return address;
}

}  // namespace

Status checkSrtIngest(const IngestSpec& spec, const IngestSettings& settings) {
    const auto url = readUrl(spec);
    if (!url) return url.error();
    return listens(spec.params, *url) ? Status(kOk) : checkReach(*url, settings);
}

Result<std::unique_ptr<Ingest>> createSrtIngest(const IngestSpec& spec, const IngestContext& context) {
    auto url = readUrl(spec);
    if (!url) return url.error();
    StreamKind kind = commonKind(spec);
    kind.listens = listens(spec.params, *url);
    kind.locate = [url = *url, params = spec.params, policy = UrlPolicy(context.settings.allow),
                   listening = kind.listens](const Interrupt& interrupt) -> Result<StreamAddress> {
        if (listening) {
            const auto local = IpAddress::parse(url.host.empty() ? "0.0.0.0" : url.host);
            return addressOf(params, url, hostAndPort(*local, url.port));
        }
        const auto address = policy.admit(url.host, interrupt);
        if (!address) return address.error();
        return addressOf(params, url, hostAndPort(*address, url.port));
    };
    return createStreamIngest(std::move(kind), context);
}

}  // namespace tessera
