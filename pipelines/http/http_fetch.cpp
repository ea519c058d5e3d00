#include "pipelines/http/http_fetch.h"

#include <algorithm>
#include <cstring>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <vector>

#include "mcu/base/url_text.h"

#include "pipelines/ingest/network/source_url.h"

namespace tessera {
namespace {

constexpr int kMostRedirects = 5;
/// URLs that carry a signature are longer than what callers write.
constexpr std::size_t kLongestUrl = 8192;
constexpr std::size_t kMostBuffered = 1U << 20U;
constexpr int kStepMs = 50;

struct EasyDeleter {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct MultiDeleter {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct ListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

void initCurl() {
    static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
    static_cast<void>(initialised);
}

class CurlFetch final : public HttpFetch {
public:
    CurlFetch(std::string url, const Interrupt& interrupt)
        : interrupt_(interrupt), url_(std::move(url)), multi_(curl_multi_init()), easy_(curl_easy_init()) {}
    ~CurlFetch() override { curl_multi_remove_handle(multi_.get(), easy_.get()); }
    CurlFetch(const CurlFetch&) = delete;
    CurlFetch& operator=(const CurlFetch&) = delete;

    /// Connects to that address alone. @return the status
    Result<long> begin(const Request& request, const SourceUrl& parts, const IpAddress& address);
    std::string redirect() const;
    Result<std::size_t> read(std::span<std::uint8_t> into) override;
    const std::string& url() const override { return url_; }
    long status() const override { return status_; }
    std::string location() const override;

private:
    static std::size_t onBytes(char* bytes, std::size_t size, std::size_t count, void* opaque);
    static curl_socket_t onSocket(void* opaque, curlsocktype purpose, curl_sockaddr* address);
    void prepare(const Request& request);
    Status pump();
    Error failure(const std::string& why) const {
        return {ErrorCode::Unreachable, withoutCredentials(url_) + ": " + why, {}};
    }

    // Borrowed
    const Interrupt& interrupt_;
    // Owned
    const std::string url_;
    IpAddress address_;
    std::unique_ptr<curl_slist, ListDeleter> resolved_, headers_;
    std::string body_;
    std::unique_ptr<CURLM, MultiDeleter> multi_;
    std::unique_ptr<CURL, EasyDeleter> easy_;
    // State
    std::vector<std::uint8_t> buffer_;
    std::size_t begin_ = 0;
    bool isPaused_ = false, isDone_ = false;
    CURLcode outcome_ = CURLE_OK;
    long status_ = 0;
};

std::size_t CurlFetch::onBytes(char* bytes, std::size_t size, std::size_t count, void* opaque) {
    auto& self = *static_cast<CurlFetch*>(opaque);
    if (self.buffer_.size() - self.begin_ > kMostBuffered) {
        self.isPaused_ = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    self.buffer_.insert(self.buffer_.end(), bytes, bytes + size * count);
    return size * count;
}

/// Nothing but the address that was checked is connected to, however libcurl reads the URL.
curl_socket_t CurlFetch::onSocket(void* opaque, curlsocktype, curl_sockaddr* wanted) {
    IpAddress address;
    if (wanted->family == AF_INET6) {
        std::memcpy(address.bytes.data(), &reinterpret_cast<const sockaddr_in6&>(wanted->addr).sin6_addr, 16);
    } else {
        address.bytes[10] = address.bytes[11] = 0xff;
        std::memcpy(address.bytes.data() + 12, &reinterpret_cast<const sockaddr_in&>(wanted->addr).sin_addr, 4);
    }
    if (address != static_cast<const CurlFetch*>(opaque)->address_) return CURL_SOCKET_BAD;
    return socket(wanted->family, wanted->socktype | SOCK_CLOEXEC, wanted->protocol);
}

Result<long> CurlFetch::begin(const Request& request, const SourceUrl& parts, const IpAddress& address) {
    address_ = address;
    const auto port = parts.port != 0 ? parts.port : parts.scheme == "https" ? 443 : 80;
    if (!IpAddress::parse(parts.host)) {  // libcurl knows an address when it sees one, and takes none as a name
        const std::string numbers = address.isV4() ? address.toString() : "[" + address.toString() + "]";
        resolved_.reset(curl_slist_append(nullptr, (parts.host + ":" + std::to_string(port) + ":" + numbers).c_str()));
    }
    CURL* easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_URL, url_.c_str());
    curl_easy_setopt(easy, CURLOPT_RESOLVE, resolved_.get());
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &CurlFetch::onSocket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "Tessera");
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, nullptr);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &CurlFetch::onBytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
    if (request.range) {
        const auto range = std::to_string(request.range->first) + "-" + std::to_string(request.range->second - 1);
        curl_easy_setopt(easy, CURLOPT_RANGE, range.c_str());
    }
    prepare(request);
    curl_multi_add_handle(multi_.get(), easy);
    while (!isDone_ && buffer_.empty()) TESSERA_TRY(pump());
    if (isDone_ && outcome_ != CURLE_OK) return failure(curl_easy_strerror(outcome_));
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status_);
    return status_;
}

void CurlFetch::prepare(const Request& request) {
    CURL* easy = easy_.get();
    for (const std::string& header : request.headers) {
        headers_.reset(curl_slist_append(headers_.release(), header.c_str()));
    }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_.get());
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, request.isVerified ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, request.isVerified ? 2L : 0L);
    if (request.method == "GET") return;
    body_ = request.body;
    if (!body_.empty()) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body_.data());
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(body_.size()));
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

std::string CurlFetch::location() const {
    curl_header* header = nullptr;
    if (curl_easy_header(easy_.get(), "Location", 0, CURLH_HEADER, -1, &header) != CURLHE_OK) return {};
    const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parts(curl_url(), &curl_url_cleanup);
    char* whole = nullptr;
    if (curl_url_set(parts.get(), CURLUPART_URL, url_.c_str(), 0) != CURLUE_OK ||
        curl_url_set(parts.get(), CURLUPART_URL, header->value, 0) != CURLUE_OK ||
        curl_url_get(parts.get(), CURLUPART_URL, &whole, 0) != CURLUE_OK) {
        return {};
    }
    std::string location(whole);
    curl_free(whole);
    return location;
}

std::string CurlFetch::redirect() const {
    const char* to = nullptr;
    curl_easy_getinfo(easy_.get(), CURLINFO_REDIRECT_URL, &to);
    return to == nullptr ? std::string() : to;
}

/// Lets the transfer go on for a moment.
Status CurlFetch::pump() {
    if (interrupt_.isDue()) return Error{ErrorCode::Timeout, withoutCredentials(url_) + ": no answer in time", {}};
    int running = 0;
    curl_multi_perform(multi_.get(), &running);
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        isDone_ = true;
        outcome_ = message->data.result;
    }
    if (!isDone_ && buffer_.size() == begin_) curl_multi_poll(multi_.get(), nullptr, 0, kStepMs, nullptr);
    return kOk;
}

Result<std::size_t> CurlFetch::read(std::span<std::uint8_t> into) {
    while (begin_ == buffer_.size() && !isDone_) {
        buffer_.clear();
        begin_ = 0;
        if (std::exchange(isPaused_, false)) curl_easy_pause(easy_.get(), CURLPAUSE_CONT);
        TESSERA_TRY(pump());
    }
    const std::size_t size = std::min(into.size(), buffer_.size() - begin_);
    if (size == 0 && outcome_ != CURLE_OK) return failure(curl_easy_strerror(outcome_));
    std::copy_n(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_), size, into.begin());
    begin_ += size;
    return size;
}

/// What is not GET is sent again only where that is asked for. @source RFC 9110 section 15.4
bool isRedirect(long status, bool isGet) {
    return status == 307 || status == 308 || (isGet && (status == 301 || status == 302 || status == 303));
}

}  // namespace

Result<std::unique_ptr<HttpFetch>> HttpFetch::open(const Request& request, const UrlPolicy& policy,
                                                   const Interrupt& interrupt) {
    initCurl();
    Request next = request;
    const bool isGet = request.method == "GET";
    std::string origin;
    for (int hop = 0; hop <= kMostRedirects; ++hop) {
        const auto parts = parseSourceUrl(next.url, kLongestUrl);
        if (!parts) return parts.error();
        const std::string to = parts->scheme + "://" + parts->host + ":" + std::to_string(parts->port);
        if (hop > 0 && to != origin) {
            std::erase_if(next.headers, [](const auto& header) { return header.starts_with("Authorization:"); });
        }
        origin = to;
        if (parts->scheme != "http" && parts->scheme != "https") {
            return invalidArgument("url leads to " + parts->scheme + "://, and only http:// and https:// are followed",
                                   "url");
        }
        const auto address = policy.admit(parts->host, interrupt);
        if (!address) return address.error();
        auto fetch = std::make_unique<CurlFetch>(next.url, interrupt);
        const auto status = fetch->begin(next, *parts, *address);
        if (!status) return status.error();
        if (isRedirect(*status, isGet)) {
            next.url = fetch->redirect();
            continue;
        }
        if (!isGet || *status == 206 || (*status == 200 && (!request.range || request.range->first == 0))) {
            return std::unique_ptr<HttpFetch>(std::move(fetch));
        }
        return Error{
            ErrorCode::Unreachable, withoutCredentials(next.url) + ": HTTP status " + std::to_string(*status), {}};
    }
    return Error{ErrorCode::Unreachable, withoutCredentials(request.url) + ": too many redirects", {}};
}

}  // namespace tessera
