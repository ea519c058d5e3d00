#include "api/outbound/curl_transfer.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mcu/base/check.h"

#include "api/version.h"
#include "pipelines/ingest/network/source_url.h"

namespace tessera {
namespace {

/// Most headers of an answer that are kept, and their length.
constexpr std::size_t kHeaders = 64;
constexpr std::size_t kHeaderBytes = 1024;

void initialise() {
    static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
    TESSERA_CHECK(done == CURLE_OK);
}

std::optional<IpAddress> addressOf(const curl_sockaddr& socket) {
    IpAddress address;
    if (socket.family == AF_INET6) {
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(socket.addr);
        std::memcpy(address.bytes.data(), &v6.sin6_addr, 16);
        return address;
    }
    if (socket.family != AF_INET) return std::nullopt;
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(socket.addr);
    address.bytes[10] = address.bytes[11] = 0xff;
    std::memcpy(address.bytes.data() + 12, &v4.sin_addr, 4);
    return address;
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

}  // namespace

CurlTransfer::CurlTransfer(const std::string& url, const OutboundRules* rules, Limits limits)
    : rules_(rules), answerBytes_(limits.answerBytes) {
    initialise();
    handle_ = curl_easy_init();
    TESSERA_CHECK(handle_ != nullptr);
    if (const auto parsed = parseSourceUrl(url)) host_ = parsed->host;
    const std::string agent = "Tessera/" + std::string(version());
    curl_easy_setopt(handle_, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle_, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(handle_, CURLOPT_PROXY, "");
    curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle_, CURLOPT_QUICK_EXIT, 1L);  // do not wait for a look-up that hangs
    curl_easy_setopt(handle_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(handle_, CURLOPT_USERAGENT, agent.c_str());
    curl_easy_setopt(handle_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connect.count()));
    curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, static_cast<long>(limits.whole.count()));
    curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &CurlTransfer::onBody);
    curl_easy_setopt(handle_, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, &CurlTransfer::onHeader);
    curl_easy_setopt(handle_, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(handle_, CURLOPT_OPENSOCKETFUNCTION, &CurlTransfer::onSocket);
    curl_easy_setopt(handle_, CURLOPT_OPENSOCKETDATA, this);
    curl_easy_setopt(handle_, CURLOPT_PRIVATE, this);
    if (limits.stall.count() == 0) return;
    curl_easy_setopt(handle_, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(handle_, CURLOPT_LOW_SPEED_TIME, static_cast<long>(limits.stall.count()));
}

CURLM* CurlTransfer::makeMulti() {
    initialise();
    return curl_multi_init();
}

CurlTransfer::~CurlTransfer() {
    curl_easy_cleanup(handle_);
    curl_slist_free_all(headers_);
}

void CurlTransfer::addHeader(const std::string& line) {
    headers_ = curl_slist_append(headers_, line.c_str());
}

void CurlTransfer::post(std::string body) {
    body_ = std::move(body);
    curl_easy_setopt(handle_, CURLOPT_POST, 1L);
    curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, body_.data());
    curl_easy_setopt(handle_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body_.size()));
}

void CurlTransfer::sendFile(int descriptor, std::int64_t begin, std::int64_t bytes) {
    file_ = descriptor;
    begin_ = at_ = begin;
    end_ = begin + bytes;
    curl_easy_setopt(handle_, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle_, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(bytes));
    curl_easy_setopt(handle_, CURLOPT_READFUNCTION, &CurlTransfer::onRead);
    curl_easy_setopt(handle_, CURLOPT_READDATA, this);
    curl_easy_setopt(handle_, CURLOPT_SEEKFUNCTION, &CurlTransfer::onSeek);
    curl_easy_setopt(handle_, CURLOPT_SEEKDATA, this);
    curl_easy_setopt(handle_, CURLOPT_UPLOAD_BUFFERSIZE, 256L * 1024);
}

void CurlTransfer::head() {
    curl_easy_setopt(handle_, CURLOPT_NOBODY, 1L);
}

void CurlTransfer::use(const char* method) {
    curl_easy_setopt(handle_, CURLOPT_CUSTOMREQUEST, method);
}

void CurlTransfer::digestAnswer() {
    digest_ = std::make_unique<RunningHash>(RunningHash::Kind::Sha256);
}

std::string CurlTransfer::answerSha256() {
    return digest_->finish();
}

void CurlTransfer::logIn(const std::string& user, const std::string& password) {
    if (user.empty()) return;
    curl_easy_setopt(handle_, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    curl_easy_setopt(handle_, CURLOPT_USERNAME, user.c_str());
    curl_easy_setopt(handle_, CURLOPT_PASSWORD, password.c_str());
}

void CurlTransfer::signS3(const std::string& region, const std::string& accessKey, const std::string& secretKey) {
    if (accessKey.empty()) return;  // a store without rights
    const std::string scope = "aws:amz:" + region + ":s3";
    curl_easy_setopt(handle_, CURLOPT_AWS_SIGV4, scope.c_str());
    curl_easy_setopt(handle_, CURLOPT_USERNAME, accessKey.c_str());
    curl_easy_setopt(handle_, CURLOPT_PASSWORD, secretKey.c_str());
    isSigned_ = true;
}

CURLcode CurlTransfer::perform(const std::atomic<bool>& stopping) {
    prepare();
    curl_easy_setopt(handle_, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle_, CURLOPT_XFERINFOFUNCTION, &CurlTransfer::onProgress);
    curl_easy_setopt(handle_, CURLOPT_XFERINFODATA, &stopping);
    return curl_easy_perform(handle_);
}

void CurlTransfer::prepare() {
    // No round trip before the body; but libcurl 7.88 would sign the header that it leaves out.
    if (!isSigned_) addHeader("Expect:");
    curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers_);
}

std::string CurlTransfer::failure(CURLcode code) const {
    if (code == CURLE_OK) return {};
    if (wasRefused_ && rules_ != nullptr) return rules_->refusal(host_);
    return curl_easy_strerror(code);
}

int CurlTransfer::status() const {
    long status = 0;
    curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
    return static_cast<int>(status);
}

std::string CurlTransfer::answerHeader(std::string_view name) const {
    for (const auto& [known, value] : answerHeaders_) {
        if (known == name) return value;
    }
    return {};
}

std::size_t CurlTransfer::onBody(char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<CurlTransfer*>(self);
    if (transfer.digest_) transfer.digest_->add({bytes, size * count});
    const auto room = transfer.answerBytes_ - std::min(transfer.answerBytes_, transfer.answer_.size());
    transfer.answer_.append(bytes, std::min(size * count, room));
    return size * count;
}

std::size_t CurlTransfer::onHeader(char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<CurlTransfer*>(self);
    const std::string_view line(bytes, size * count);
    if (line.starts_with("HTTP/")) transfer.answerHeaders_.clear();  // of the answer, not of a 100 before it
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || line.size() > kHeaderBytes || transfer.answerHeaders_.size() == kHeaders) {
        return line.size();
    }
    const auto begin = line.find_first_not_of(" \t", colon + 1);
    const auto end = line.find_last_not_of(" \t\r\n");
    const bool hasValue = begin != std::string_view::npos && end >= begin;
    transfer.answerHeaders_.emplace_back(lower(std::string(line.substr(0, colon))),
                                         hasValue ? std::string(line.substr(begin, end - begin + 1)) : std::string());
    return line.size();
}

std::size_t CurlTransfer::onRead(char* into, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<CurlTransfer*>(self);
    const auto left = static_cast<std::size_t>(transfer.end_ - transfer.at_);
    const auto wanted = std::min(size * count, left);
    if (wanted == 0) return 0;
    ssize_t got = -1;
    do {
        got = ::pread(transfer.file_, into, wanted, transfer.at_);
    } while (got < 0 && errno == EINTR);
    if (got <= 0) return CURL_READFUNC_ABORT;
    transfer.at_ += got;
    return static_cast<std::size_t>(got);
}

int CurlTransfer::onSeek(void* self, curl_off_t offset, int origin) {
    auto& transfer = *static_cast<CurlTransfer*>(self);
    if (origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
    transfer.at_ = transfer.begin_ + offset;
    return CURL_SEEKFUNC_OK;
}

int CurlTransfer::onProgress(void* stopping, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const std::atomic<bool>*>(stopping)->load() ? 1 : 0;
}

curl_socket_t CurlTransfer::onSocket(void* self, curlsocktype, curl_sockaddr* socket) {
    auto& transfer = *static_cast<CurlTransfer*>(self);
    const auto address = addressOf(*socket);
    if (transfer.rules_ != nullptr && (!address || !transfer.rules_->permits(transfer.host_, *address))) {
        transfer.wasRefused_ = true;
        return CURL_SOCKET_BAD;
    }
    return ::socket(socket->family, socket->socktype | SOCK_CLOEXEC, socket->protocol);
}

}  // namespace tessera
