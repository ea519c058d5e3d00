#include "pipelines/av/url_parts.h"

#include "pipelines/av/av_ptr.h"

namespace tessera {
namespace {

constexpr std::size_t kMaxUrlBytes = 2048;

bool isOneOf(std::string_view schemes, std::string_view scheme) {
    const auto found = (" " + std::string(schemes) + " ").find(" " + std::string(scheme) + " ");
    return !scheme.empty() && scheme != "|" && found != std::string::npos;
}

}  // namespace

Result<UrlParts> splitUrl(const std::string& url, std::string_view schemes) {
    if (url.size() > kMaxUrlBytes) return invalidArgument("url is too long", "url");
    char scheme[32], user[kMaxUrlBytes + 1], host[kMaxUrlBytes + 1], path[kMaxUrlBytes + 1];
    UrlParts parts;
    av_url_split(scheme, sizeof scheme, user, sizeof user, host, sizeof host, &parts.port, path, sizeof path,
                 url.c_str());
    parts.scheme = scheme;
    if (!isOneOf(schemes, parts.scheme) || !url.starts_with(parts.scheme + "://")) {
        return invalidArgument("url must begin with one of " + std::string(schemes) + ", followed by ://", "url");
    }
    parts.user = user;
    parts.host = host;
    parts.path = path;
    return parts;
}

}  // namespace tessera
