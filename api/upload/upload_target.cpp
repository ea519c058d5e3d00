#include "api/upload/upload_target.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "mcu/base/ids.h"

#include "pipelines/ingest/network/source_url.h"

namespace tessera {
namespace {

constexpr std::string_view kRegion = "region=";

/// What a signature is computed over as it stands: nothing in it needs an escape.
bool isPlainPath(std::string_view path) {
    return std::all_of(path.begin(), path.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '-' ||
               c == '_' || c == '.';
    });
}

/// @return the URL with its scheme in small letters (RFC 3986 section 3.1) and without a slash at its end
Result<std::string> readUrl(const std::string& text) {
    const auto url = parseSourceUrl(text);
    if (!url) return url.error();
    if (url->scheme != "http" && url->scheme != "https") return invalidArgument("a target's URL must be http or https");
    if (!url->user.empty()) return invalidArgument("a target's URL must not hold a user: upload.credentials does");
    if (!url->query.empty() || !isPlainPath(url->path)) {
        return invalidArgument("a target's path may hold letters, digits, '/', '-', '_' and '.'");
    }
    std::string plain = url->scheme + text.substr(url->scheme.size());
    while (plain.ends_with('/')) plain.pop_back();
    return plain;
}

std::vector<std::string> wordsOf(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
}

}  // namespace

Result<UploadTarget> parseUploadTarget(const std::string& text) {
    const auto words = wordsOf(text);
    const bool hasKind = words.size() >= 3 && (words[1] == "s3" || words[1] == "put");
    if (!hasKind || !isSafeName(words[0])) {
        return invalidArgument("a target is \"NAME s3 URL [region=REGION]\" or \"NAME put URL\"");
    }
    auto url = readUrl(words[2]);
    if (!url) return url.error();
    UploadTarget target{.name = words[0],
                        .kind = words[1] == "s3" ? UploadTarget::Kind::S3 : UploadTarget::Kind::Put,
                        .url = std::move(url).value(),
                        .user = {},
                        .secret = {}};
    if (words.size() == 3) return target;
    const bool isRegion = target.kind == UploadTarget::Kind::S3 && words.size() == 4 && words[3].starts_with(kRegion);
    if (!isRegion || !isSafeName(words[3].substr(kRegion.size()))) {
        return invalidArgument("behind the URL of a target only region=REGION may stand, of s3");
    }
    target.region = words[3].substr(kRegion.size());
    return target;
}

Result<std::vector<UploadTarget>> readUploadTargets(const std::vector<std::string>& targets,
                                                    const std::vector<std::string>& credentials) {
    std::vector<UploadTarget> read;
    const auto find = [&read](const std::string& name) {
        return std::find_if(read.begin(), read.end(), [&](const UploadTarget& each) { return each.name == name; });
    };
    for (const auto& text : targets) {
        auto target = parseUploadTarget(text);
        if (!target) return invalidArgument("upload.targets: " + target.error().message, "upload.targets");
        if (find(target->name) != read.end()) {
            return invalidArgument("upload.targets names " + target->name + " twice", "upload.targets");
        }
        read.push_back(std::move(target).value());
    }
    for (const auto& text : credentials) {
        const auto words = wordsOf(text);
        if (words.size() != 3) {
            return invalidArgument("an entry of upload.credentials is \"NAME USER SECRET\"", "upload.credentials");
        }
        const auto target = find(words[0]);
        if (target == read.end()) {
            return invalidArgument("upload.credentials names a target that upload.targets does not",
                                   "upload.credentials");
        }
        target->user = words[1];
        target->secret = words[2];
    }
    return read;
}

}  // namespace tessera
