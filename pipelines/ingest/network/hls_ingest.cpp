#include "pipelines/ingest/network/hls_ingest.h"

#include <array>

#include "pipelines/http/http_fetch.h"
#include "pipelines/ingest/hls/hls_master.h"
#include "pipelines/ingest/hls/hls_resources.h"
#include "pipelines/ingest/network/network_kind.h"
#include "pipelines/ingest/network/picture_intake.h"
#include "pipelines/ingest/rtmp/byte_pipe.h"

namespace tessera {
namespace {

/// A segment and the playlist behind it: most are of 2 to 10 seconds.
constexpr Duration kPatience = std::chrono::seconds(20);

struct Playlist {
    std::string url;  ///< where it was found, after redirects
    std::string text;
};

Result<Playlist> fetchPlaylist(const std::string& url, const UrlPolicy& policy, const Interrupt& interrupt) {
    auto fetch = HttpFetch::open({url, std::nullopt}, policy, interrupt);
    if (!fetch) return fetch.error();
    Playlist playlist{(*fetch)->url(), {}};
    std::array<std::uint8_t, 16384> bytes;
    while (playlist.text.size() <= kLongestHlsPlaylist) {
        const auto size = (*fetch)->read(bytes);
        if (!size) return size.error();
        if (*size == 0) break;
        playlist.text.append(reinterpret_cast<const char*>(bytes.data()), *size);
    }
    return playlist;
}

Result<StreamAddress> locate(const Params& params, const UrlPolicy& policy, const Interrupt& interrupt) {
    const auto playlist = fetchPlaylist(params.text("url"), policy, interrupt);
    if (!playlist) return playlist.error();
    const int height = static_cast<int>(params.integer("max_height"));
    const auto chosen = chooseHlsVariant(playlist->text, {kLargestSourcePicture.width, height});
    if (!chosen) return chosen.error();
    StreamAddress address{.url = playlist->url, .format = "hls", .protocols = "http,https,crypto"};
    address.options = {{"http_persistent", "0"},
                       {"http_multiple", "0"},
                       {"allowed_extensions", "ALL"},  // what a segment is called says nothing; its format is checked
                       {"extension_picky", "0"},
                       {"format_whitelist", "hls,mpegts,mov,aac,ac3,eac3,mp3"}};
    const auto text = std::make_shared<BytePipe>();
    text->write({reinterpret_cast<const std::uint8_t*>(chosen->data()), chosen->size()});
    text->close();
    address.bytes = text;
    address.resources = std::make_shared<HlsResources>(policy, interrupt);
    return address;
}

}  // namespace

Status checkHlsIngest(const IngestSpec& spec, const IngestSettings& settings) {
    const auto url = readSourceUrl(spec, {"http", "https"});
    if (!url) return url.error();
    return checkReach(*url, settings);
}

Result<std::unique_ptr<Ingest>> createHlsIngest(const IngestSpec& spec, const IngestContext& context) {
    const auto url = readSourceUrl(spec, {"http", "https"});
    if (!url) return url.error();
    StreamKind kind = commonKind(spec);
    kind.clock = StreamClock::Kind::Paced;
    kind.openWithin = kind.goneAfter = kPatience;
    kind.locate = [params = spec.params, policy = UrlPolicy(context.settings.allow)](const Interrupt& interrupt) {
        return locate(params, policy, interrupt);
    };
    return createStreamIngest(std::move(kind), context);
}

}  // namespace tessera
