#include "pipelines/outputs/hls/hls_request.h"

#include <algorithm>
#include <charconv>

namespace tessera {
namespace {

constexpr std::size_t kMaxName = 200;
constexpr std::size_t kMaxDigits = 15;   ///< such that sums of numbers do not overflow
constexpr std::size_t kMaxToken = 8192;  ///< as for every token

bool isStem(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

/// Characters of tokens and keys. @source RFC 3986 section 2.3 (unreserved)
bool isUnreserved(char c) {
    return isStem({&c, 1}) || c == '.' || c == '~';
}

std::optional<std::uint64_t> toNumber(std::string_view text) {
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const bool fits = !text.empty() && text.size() <= kMaxDigits && text.front() >= '0' && text.front() <= '9';
    if (!fits || std::from_chars(text.data(), end, number).ptr != end) return std::nullopt;
    return number;
}

/// Reads "12", "12.3" or "i0".
bool readNumbers(std::string_view text, HlsFile& file) {
    std::optional<std::uint64_t> number, part = 0;
    if (file.extension == "mp4") {
        file.kind = HlsFile::Kind::Initialization;
        if (text.starts_with('i')) number = toNumber(text.substr(1));
    } else if (file.extension == "vtt") {
        file.kind = HlsFile::Kind::Captions;
        number = toNumber(text);
    } else if (const auto dot = text.find('.'); dot != std::string_view::npos) {
        file.kind = HlsFile::Kind::Part;
        number = toNumber(text.substr(0, dot));
        part = toNumber(text.substr(dot + 1));
    } else {
        file.kind = HlsFile::Kind::Segment;
        number = toNumber(text);
    }
    if (!number || !part) return false;
    file.number = *number;
    file.part = *part;
    return true;
}

Status readNumber(const std::map<std::string, std::string>& query, const char* name,
                  std::optional<std::uint64_t>& into) {
    const auto found = query.find(name);
    if (found == query.end()) return kOk;
    into = toNumber(found->second);
    if (!into) return invalidArgument(std::string(name) + " is not a number", name);
    return kOk;
}

}  // namespace

Result<HlsFile> parseHlsFile(std::string_view name) {
    const Error unknown = notFound("there is no such file");
    if (name.size() > kMaxName) return unknown;
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos) return unknown;
    HlsFile file;
    const auto extension = name.substr(dot + 1);
    for (const std::string_view known : {"m3u8", "mp4", "m4s", "ts", "vtt", "jpg"}) {
        if (extension == known) file.extension = known;
    }
    if (file.extension.empty()) return unknown;
    std::string_view stem = name.substr(0, dot);
    if (file.extension == "jpg") {
        file.kind = HlsFile::Kind::Thumbnail;
    } else if (file.extension != "m3u8") {
        const auto dash = stem.rfind('-');
        if (dash == std::string_view::npos || !readNumbers(stem.substr(dash + 1), file)) return unknown;
        stem = stem.substr(0, dash);
    } else if (stem.ends_with(kHlsCaptionsSuffix)) {
        file.kind = HlsFile::Kind::CaptionPlaylist;
        stem.remove_suffix(kHlsCaptionsSuffix.size());
    }
    if (!isStem(stem)) return unknown;
    file.stem = stem;
    return file;
}

Result<HlsQuery> parseHlsQuery(const std::map<std::string, std::string>& query) {
    HlsQuery result;
    TESSERA_TRY(readNumber(query, "_HLS_msn", result.segment));
    TESSERA_TRY(readNumber(query, "_HLS_part", result.part));
    if (result.part && !result.segment) return invalidArgument("_HLS_part needs _HLS_msn", "_HLS_part");
    const auto skip = query.find("_HLS_skip");
    result.skips = skip != query.end() && (skip->second == "YES" || skip->second == "v2");
    if (const auto token = query.find("token"); token != query.end()) {
        if (token->second.size() > kMaxToken ||
            !std::all_of(token->second.begin(), token->second.end(), isUnreserved)) {
            return invalidArgument("this is no token", "token");
        }
        result.token = token->second;
    }
    return result;
}

}  // namespace tessera
