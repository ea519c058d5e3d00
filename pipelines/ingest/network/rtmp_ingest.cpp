#include "pipelines/ingest/network/rtmp_ingest.h"

#include <algorithm>

#include "mcu/base/ids.h"

#include "pipelines/ingest/network/network_kind.h"
#include "pipelines/ingest/rtmp/push_places.h"
#include "pipelines/ingest/rtmp/pushed_media.h"

namespace tessera {
namespace {

constexpr std::uint16_t kRtmpPort = 1935;  ///< @source Adobe's Real Time Messaging Protocol, section 1
constexpr std::uint16_t kRtmpsPort = 443;

struct Place {
    SourceUrl url;
    std::string application, stream;
};

/// libavformat would split the path by its own rules, which drop endings such as ".flv" from a stream's name.
Result<Place> placeOf(const IngestSpec& spec) {
    auto url = readSourceUrl(spec, {"rtmp", "rtmps"});
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

std::uint16_t portOf(const SourceUrl& url) {
    if (url.port != 0) return url.port;
    return url.scheme == "rtmps" ? kRtmpsPort : kRtmpPort;
}

StreamAddress addressOf(const Place& place, Reached reached) {
    const auto port = portOf(place.url);
    const bool isV6 = place.url.host.find(':') != std::string::npos;
    const auto named = (isV6 ? "[" + place.url.host + "]" : place.url.host) + ":" + std::to_string(port);
    return {.url = "rtmp://" + reached.place + "/" + place.application,
            .format = "flv",
            .protocols = "rtmp,tcp",
            .options = {{"rtmp_app", place.application},
                        {"rtmp_playpath", place.stream},
                        {"rtmp_tcurl", place.url.scheme + "://" + named + "/" + place.application},
                        {"rtmp_live", "live"},
                        {"rtmp_buffer", "100"}},
            .tunnel = std::move(reached.tunnel)};
}

constexpr std::size_t kShortestKey = 12, kLongestKey = 128;

bool isListener(const Params& params) {
    const std::string& mode = params.text("mode");
    return mode == "listener" || (mode == "auto" && params.text("url").empty());
}

bool isKey(std::string_view key) {
    const auto isPart = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    };
    return key.size() >= kShortestKey && key.size() <= kLongestKey && std::all_of(key.begin(), key.end(), isPart);
}

Status checkListener(const Params& params, const IngestSettings& settings) {
    if (!params.text("url").empty()) return invalidArgument("url is not for a listener: leave it out", "url");
    if (!settings.listensForRtmp) {
        return invalidArgument(
            "url is missing, and nothing can be pushed here: set rtmp.listen in the configuration for that", "url");
    }
    if (!isKey(params.text("key"))) {
        return invalidArgument("key must be 12 to 128 characters of [A-Za-z0-9_-]", "key");
    }
    return kOk;
}

/// Why a sender that was let in has gone without any media.
Error silenceOf(const BytePipe& bytes) {
    const Error reason = bytes.reason();
    return reason.message.empty() ? Error{ErrorCode::Unreachable, "the sender has gone before it sent media", {}}
                                  : reason;
}

Result<std::unique_ptr<Ingest>> createListener(const IngestSpec& spec, const IngestContext& context) {
    TESSERA_TRY(checkListener(spec.params, context.settings));
    if (context.settings.pushes == nullptr) return unsupported("nothing can be pushed here", "url");
    auto opened = context.settings.pushes->open(spec.params.text("application"), spec.params.text("key"));
    if (!opened) return opened.error();
    StreamKind kind = commonKind(spec);
    kind.shown = "rtmp push to " + spec.params.text("application");
    kind.listens = kind.isPushed = true;
    kind.locate = [place = *opened](const Interrupt& interrupt) -> Result<StreamAddress> {
        auto bytes = place->wait(interrupt);
        if (!bytes) return bytes.error();
        const auto first = (*bytes)->peek(interrupt);
        if (!first) return silenceOf(**bytes);
        return StreamAddress{
            .url = "", .format = pushedFormat(*first), .protocols = "none", .options = {}, .bytes = *bytes};
    };
    return createStreamIngest(std::move(kind), context);
}

}  // namespace

void prepareRtmpIngest(IngestSpec& spec, std::string_view meeting) {
    const bool listens = isListener(spec.params);
    spec.params.set("mode", std::string(listens ? "listener" : "caller"));
    spec.params.set("application", std::string(listens ? meeting : ""));
    if (!listens) spec.params.set("key", std::string());
    if (listens && spec.params.text("key").empty()) spec.params.set("key", randomToken());
}

Status checkRtmpIngest(const IngestSpec& spec, const IngestSettings& settings) {
    if (isListener(spec.params)) return checkListener(spec.params, settings);
    const auto place = placeOf(spec);
    if (!place) return place.error();
    return checkReach(place->url, settings);
}

Result<std::unique_ptr<Ingest>> createRtmpIngest(const IngestSpec& spec, const IngestContext& context) {
    if (isListener(spec.params)) return createListener(spec, context);
    const auto place = placeOf(spec);
    if (!place) return place.error();
    StreamKind kind = commonKind(spec);
    kind.locate = [place = *place, policy = UrlPolicy(context.settings.allow),
                   isVerified =
                       spec.params.flag("verify_certificate")](const Interrupt& interrupt) -> Result<StreamAddress> {
        auto reached = reach(place.url, portOf(place.url), isVerified, policy, interrupt);
        if (!reached) return reached.error();
        return addressOf(place, std::move(reached).value());
    };
    return createStreamIngest(std::move(kind), context);
}

}  // namespace tessera
