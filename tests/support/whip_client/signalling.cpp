#include "tests/support/whip_client/signalling.h"

#include <algorithm>
#include <curl/curl.h>
#include <memory>

namespace webrtc_client {
namespace {

std::size_t append(char* bytes, std::size_t size, std::size_t count, void* text) {
    static_cast<std::string*>(text)->append(bytes, size * count);
    return size * count;
}

std::size_t readHeader(char* bytes, std::size_t size, std::size_t count, void* location) {
    std::string line(bytes, size * count);
    const auto colon = line.find(':');
    std::string name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    if (colon != std::string::npos && name == "location") {
        const auto from = line.find_first_not_of(' ', colon + 1);
        *static_cast<std::string*>(location) = line.substr(from, line.find_last_not_of("\r\n") + 1 - from);
    }
    return size * count;
}

std::string absolute(const std::string& base, const std::string& location) {
    if (location.empty() || location.find("://") != std::string::npos) return location;
    return base.substr(0, base.find('/', base.find("://") + 3)) + location;
}

Reply request(const char* method, const std::string& url, const std::string& token, const std::string* body) {
    const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), &curl_easy_cleanup);
    Reply reply;
    curl_slist* headers = nullptr;
    if (!token.empty()) headers = curl_slist_append(headers, ("Authorization: Bearer " + token).c_str());
    headers = curl_slist_append(headers, "Content-Type: application/sdp");
    headers = curl_slist_append(headers, "Expect:");
    curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, 15L);
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &append);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &reply.body);
    curl_easy_setopt(curl.get(), CURLOPT_HEADERFUNCTION, &readHeader);
    curl_easy_setopt(curl.get(), CURLOPT_HEADERDATA, &reply.location);
    if (body) {
        curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body->c_str());
        curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body->size()));
    }
    const CURLcode code = curl_easy_perform(curl.get());
    if (code == CURLE_OK) {
        curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &reply.status);
    } else {
        reply.body = curl_easy_strerror(code);
    }
    curl_slist_free_all(headers);
    reply.location = absolute(url, reply.location);
    return reply;
}

}  // namespace

Reply post(const std::string& url, const std::string& token, const std::string& offer) {
    return request("POST", url, token, &offer);
}

Reply remove(const std::string& url, const std::string& token) {
    return request("DELETE", url, token, nullptr);
}

}  // namespace webrtc_client
