#include "pipelines/ingest/hls/hls_resources.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

extern "C" {
#include <libavutil/aes.h>
#include <libavutil/opt.h>
}

#include "pipelines/ingest/hls/hls_master.h"

namespace tessera {
namespace {

constexpr int kBufferBytes = 32 << 10;
constexpr std::size_t kBlock = 16;
/// Of one segment: a minute of 4096x2304 at the highest useful rate.
constexpr std::uint64_t kMostBytes = 512ULL << 20U;
/// A playlist that says it changes all the time is not asked for more often than this.
constexpr Duration kLeastInterval = std::chrono::milliseconds(250);
/// Nor is more asked for than this within a second, whatever is named.
constexpr int kMostOpened = 40;
constexpr Duration kStep = std::chrono::milliseconds(25);

using AesKey = std::array<std::uint8_t, kBlock>;

struct AvFree {
    void operator()(void* memory) const { av_free(memory); }
};

/// Undoes AES-128-CBC as the bytes come.
class Decryption {
public:
    Decryption(const AesKey& key, const AesKey& iv) : aes_(av_aes_alloc()), iv_(iv) {
        av_aes_init(aes_.get(), key.data(), 128, 1);
    }
    /// The last block is held back until the end, because it says how much of it counts.
    void add(std::span<const std::uint8_t> cipher, std::vector<std::uint8_t>& plain) {
        held_.insert(held_.end(), cipher.begin(), cipher.end());
        if (held_.size() <= kBlock) return;
        decrypt((held_.size() - 1) / kBlock, plain);
    }
    void finish(std::vector<std::uint8_t>& plain) {
        if (held_.size() < kBlock) return;
        decrypt(1, plain);
        const std::size_t padding = plain.back();
        plain.resize(plain.size() - (padding <= kBlock ? padding : 0));
    }

private:
    void decrypt(std::size_t blocks, std::vector<std::uint8_t>& plain) {
        const std::size_t at = plain.size();
        plain.resize(at + blocks * kBlock);
        av_aes_crypt(aes_.get(), plain.data() + at, held_.data(), static_cast<int>(blocks), iv_.data(), 1);
        held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(blocks * kBlock));
    }

    std::unique_ptr<AVAES, AvFree> aes_;
    AesKey iv_;
    std::vector<std::uint8_t> held_;
};

/// One resource that is open. Begins as libavutil wants objects with options, so that the demuxer can ask where it was
/// found ("location").
struct Resource {
    const AVClass* options;
    char* location;
    std::unique_ptr<HttpFetch> fetch;
    std::unique_ptr<Decryption> decryption;
    std::vector<std::uint8_t> plain;
    std::size_t plainBegin = 0;
    std::uint64_t total = 0;
    std::string head;  ///< its first bytes, which say whether it is a playlist
    std::string url;
};

static_assert(offsetof(Resource, location) == sizeof(void*));

constexpr AVOption kOptions[] = {
    {"location", "", sizeof(void*), AV_OPT_TYPE_STRING, {}, 0, 0, AV_OPT_FLAG_EXPORT | AV_OPT_FLAG_READONLY, nullptr},
    {},
};

const AVClass& resourceClass() {
    static const AVClass known = [] {
        AVClass made{};
        made.class_name = "resource";
        made.item_name = av_default_item_name;
        made.option = kOptions;
        made.version = LIBAVUTIL_VERSION_INT;
        return made;
    }();
    return known;
}

const AVClass& ioClass() {
    static const AVClass known = [] {
        AVClass made{};
        made.class_name = "io";
        made.item_name = av_default_item_name;
        made.version = LIBAVUTIL_VERSION_INT;
        made.child_next = [](void* object, void* before) -> void* {
            return before == nullptr ? static_cast<AVIOContext*>(object)->opaque : nullptr;
        };
        return made;
    }();
    return known;
}

/// @return bytes, 0 at the end, or libav's error
int readPlain(Resource& resource, std::span<std::uint8_t> into) {
    const auto size = resource.fetch->read(into);
    if (!size) return size.error().code == ErrorCode::Timeout ? AVERROR_EXIT : AVERROR(EIO);
    resource.total += *size;
    constexpr std::string_view kPlaylist = "#EXTM3U";
    const std::size_t missing = kPlaylist.size() - resource.head.size();
    resource.head.append(reinterpret_cast<const char*>(into.data()), std::min(missing, *size));
    if (resource.total > (resource.head == kPlaylist ? kLongestHlsPlaylist : kMostBytes)) return AVERROR(EIO);
    return static_cast<int>(*size);
}

int readDecrypted(Resource& resource, std::span<std::uint8_t> into) {
    while (resource.plainBegin == resource.plain.size()) {
        resource.plain.clear();
        resource.plainBegin = 0;
        std::array<std::uint8_t, kBufferBytes> cipher;
        const int size = readPlain(resource, cipher);
        if (size < 0) return size;
        if (size > 0) {
            resource.decryption->add({cipher.data(), static_cast<std::size_t>(size)}, resource.plain);
            continue;
        }
        resource.decryption->finish(resource.plain);
        if (resource.plain.empty()) return 0;
    }
    const std::size_t size = std::min(into.size(), resource.plain.size() - resource.plainBegin);
    std::copy_n(resource.plain.begin() + static_cast<std::ptrdiff_t>(resource.plainBegin), size, into.begin());
    resource.plainBegin += size;
    return static_cast<int>(size);
}

int onRead(void* opaque, std::uint8_t* into, int size) {
    auto& resource = *static_cast<Resource*>(opaque);
    const std::span<std::uint8_t> space(into, static_cast<std::size_t>(size));
    const int got = resource.decryption ? readDecrypted(resource, space) : readPlain(resource, space);
    return got == 0 ? AVERROR_EOF : got;
}

std::string_view option(const AVDictionary* options, const char* name) {
    const AVDictionaryEntry* entry = av_dict_get(options, name, nullptr, 0);
    return entry == nullptr ? std::string_view() : entry->value;
}

std::optional<AesKey> keyOf(std::string_view hex) {
    AesKey key{};
    if (hex.size() != 2 * kBlock) return std::nullopt;
    for (std::size_t i = 0; i < kBlock; ++i) {
        const auto read = std::from_chars(hex.data() + 2 * i, hex.data() + 2 * i + 2, key[i], 16);
        if (read.ptr != hex.data() + 2 * i + 2) return std::nullopt;
    }
    return key;
}

std::optional<std::pair<std::int64_t, std::int64_t>> rangeOf(const AVDictionary* options) {
    std::int64_t begin = 0, end = 0;
    const auto first = option(options, "offset"), last = option(options, "end_offset");
    std::from_chars(first.data(), first.data() + first.size(), begin);
    std::from_chars(last.data(), last.data() + last.size(), end);
    if (last.empty() || end <= begin) return std::nullopt;
    return std::pair(begin, end);
}

}  // namespace

void HlsResources::serve(AVFormatContext& format) {
    format.opaque = this;
    format.io_open = &HlsResources::onOpen;
    format.io_close2 = &HlsResources::onClose;
}

int HlsResources::onOpen(AVFormatContext* format, AVIOContext** io, const char* url, int flags,
                         AVDictionary** options) {
    if ((flags & AVIO_FLAG_WRITE) != 0) return AVERROR(EPERM);
    return static_cast<HlsResources*>(format->opaque)->open(io, url, options == nullptr ? nullptr : *options);
}

/// @return false: interrupted
bool HlsResources::awaitTurn(const std::string& url) {
    const auto isTooEarly = [&](MonotonicTime now) {
        if (now >= second_ + std::chrono::seconds(1)) {
            second_ = now;
            opened_ = 0;
        }
        return opened_ >= kMostOpened || (url == lastUrl_ && now < lastOpened_ + kLeastInterval);
    };
    while (isTooEarly(clock_.now())) {
        if (interrupt_.isDue()) return false;
        clock_.sleepUntil(clock_.now() + kStep);
    }
    ++opened_;
    lastUrl_ = url;
    lastOpened_ = clock_.now();
    return true;
}

int HlsResources::open(AVIOContext** io, std::string url, const AVDictionary* options) {
    constexpr std::string_view kEncrypted = "crypto+";
    const bool isEncrypted = url.starts_with(kEncrypted);
    if (isEncrypted) url.erase(0, kEncrypted.size());
    if (refusal_ || !awaitTurn(url)) return AVERROR_EXIT;
    auto fetch = HttpFetch::open({url, rangeOf(options)}, policy_, interrupt_);
    if (!fetch) {
        const Error& error = fetch.error();
        if (error.code == ErrorCode::InvalidArgument) {
            refusal_ = invalidArgument("the playlist leads elsewhere: " + error.message, error.field);
        }
        return error.code == ErrorCode::Timeout || refusal_ ? AVERROR_EXIT : AVERROR(EIO);
    }
    auto resource = std::make_unique<Resource>();
    resource->options = &resourceClass();
    resource->fetch = std::move(fetch).value();
    resource->url = resource->fetch->url();
    resource->location = resource->url.data();
    if (isEncrypted) {
        const auto key = keyOf(option(options, "key")), iv = keyOf(option(options, "iv"));
        if (!key || !iv) return AVERROR_INVALIDDATA;
        resource->decryption = std::make_unique<Decryption>(*key, *iv);
    }
    auto* buffer = static_cast<unsigned char*>(av_malloc(kBufferBytes));
    *io = avio_alloc_context(buffer, kBufferBytes, 0, resource.release(), &onRead, nullptr, nullptr);
    (*io)->av_class = &ioClass();
    return 0;
}

int HlsResources::onClose(AVFormatContext*, AVIOContext* io) {
    if (io == nullptr) return 0;
    const std::unique_ptr<Resource> resource(static_cast<Resource*>(io->opaque));
    av_freep(&io->buffer);
    avio_context_free(&io);
    return 0;
}

}  // namespace tessera
