#include "mcu/base/url_text.h"

#include <algorithm>

namespace tessera {

std::string withoutCredentials(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos) return std::string(url.substr(0, url.find('?')));
    const auto begin = scheme + 3;
    const auto authorityEnd = std::min(url.find_first_of("/?#", begin), url.size());
    const auto at = url.rfind('@', authorityEnd);
    const auto host = at == std::string_view::npos || at < begin ? begin : at + 1;
    const auto pathEnd = std::min(url.find_first_of("?#", authorityEnd), url.size());
    const auto second = std::min(url.find('/', std::min(authorityEnd + 1, url.size())), pathEnd);
    std::string shown(url.substr(0, begin));
    shown.append(url.substr(host, second - host));
    if (second != url.size()) shown.append("/***");
    return shown;
}

}  // namespace tessera
