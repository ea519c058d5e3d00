#pragma once

#include <atomic>
#include <chrono>
#include <curl/curl.h>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/outbound/outbound_rules.h"
#include "api/outbound/running_hash.h"

namespace tessera {

/// One HTTP exchange of ours as a client, through libcurl: no redirects, no proxies of the environment, no other
/// protocol than HTTP; each address is checked when the connection is made, after its name was looked up.
/// Not thread-safe; does not move.
class CurlTransfer {
public:
    struct Limits {
        std::chrono::milliseconds connect = std::chrono::seconds(5);
        std::chrono::milliseconds whole = std::chrono::seconds(10);  ///< 0 = without end
        std::size_t answerBytes = 4096;  ///< kept of the answer's body; the rest is read over
        std::chrono::seconds stall{0};   ///< without a byte; 0 = without end
    };

    /// @param rules  outlives it; null: everything is allowed (the configuration named the place)
    CurlTransfer(const std::string& url, const OutboundRules* rules, Limits limits);
    ~CurlTransfer();
    /// For several transfers at once; the caller's.
    static CURLM* makeMulti();
    CurlTransfer(const CurlTransfer&) = delete;
    CurlTransfer& operator=(const CurlTransfer&) = delete;

    CURL* handle() const { return handle_; }
    /// "Name: value"
    void addHeader(const std::string& line);
    /// Makes it a POST of this body, which is kept.
    void post(std::string body);
    /// Makes it a PUT of a part of a file, which stays open meanwhile.
    void sendFile(int descriptor, std::int64_t begin, std::int64_t bytes);
    void head();
    void remove() { use("DELETE"); }
    void use(const char* method);
    /// Of the answer's body only its SHA-256 is kept.
    void digestAnswer();
    std::string answerSha256();  ///< 32 bytes
    /// HTTP's basic authentication; with an empty user none.
    void logIn(const std::string& user, const std::string& password);
    /// Signs the request. The header x-amz-content-sha256 must be added; a URL's query must be sorted.
    /// @source AWS Signature Version 4
    void signS3(const std::string& region, const std::string& accessKey, const std::string& secretKey);
    /// Puts the headers in place; the last call before it is performed.
    void prepare();
    /// Prepares and performs it, until `stopping` is set.
    CURLcode perform(const std::atomic<bool>& stopping);

    /// What came of it. @return empty when there was an answer, else what happened, without addresses' secrets
    std::string failure(CURLcode code) const;
    int status() const;
    const std::string& answer() const { return answer_; }
    /// The value of an answer's header; empty when absent. @param name  lower case
    std::string answerHeader(std::string_view name) const;

private:
    static std::size_t onBody(char* bytes, std::size_t size, std::size_t count, void* self);
    static std::size_t onHeader(char* bytes, std::size_t size, std::size_t count, void* self);
    static std::size_t onRead(char* into, std::size_t size, std::size_t count, void* self);
    static int onSeek(void* self, curl_off_t offset, int origin);
    static int onProgress(void* stopping, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
    static curl_socket_t onSocket(void* self, curlsocktype purpose, curl_sockaddr* address);

    // Borrowed
    const OutboundRules* rules_;
    // Owned
    CURL* handle_;
    curl_slist* headers_ = nullptr;
    // State
    std::string host_, body_, answer_;
    std::size_t answerBytes_;
    std::vector<std::pair<std::string, std::string>> answerHeaders_;
    bool wasRefused_ = false;
    bool isSigned_ = false;
    int file_ = -1;
    std::int64_t begin_ = 0, at_ = 0, end_ = 0;
    std::unique_ptr<RunningHash> digest_;
};

}  // namespace tessera
