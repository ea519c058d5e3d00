#include "api/upload/s3_answer.h"

#include <utility>

namespace tessera {

std::string xmlText(std::string_view answer, std::string_view element) {
    const std::string open = "<" + std::string(element) + ">";
    const auto begin = answer.find(open);
    if (begin == std::string_view::npos) return {};
    const auto end = answer.find('<', begin + open.size());
    if (end == std::string_view::npos) return {};
    std::string text(answer.substr(begin + open.size(), end - begin - open.size()));
    using Escape = std::pair<std::string_view, std::string_view>;
    for (const auto& [escape, plain] : {Escape{"&quot;", "\""}, Escape{"&lt;", "<"}, Escape{"&gt;", ">"},
                                        Escape{"&#34;", "\""}, Escape{"&amp;", "&"}}) {
        for (auto at = text.find(escape); at != std::string::npos; at = text.find(escape, at + plain.size())) {
            text.replace(at, escape.size(), plain);
        }
    }
    return text;
}

}  // namespace tessera
