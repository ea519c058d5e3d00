#include "api/gateway/conditions.h"

#include "api/gateway/http_date.h"

namespace tessera {

namespace {

/// Whether a list of entity tags holds a strong one. @param weakly  tags marked W/ count as well
bool holdsTag(std::string_view list, std::string_view etag, bool weakly) {
    if (list == "*") return true;
    if (etag.empty()) return false;
    while (!list.empty()) {
        const bool isWeak = list.starts_with("W/");
        if (isWeak) list.remove_prefix(2);
        if (list.empty()) return false;
        if (list.front() != '"') {
            list.remove_prefix(1);  // commas and blanks between tags
            continue;
        }
        const auto end = list.find('"', 1);
        if (end == std::string_view::npos) return false;
        if ((weakly || !isWeak) && list.substr(0, end + 1) == etag) return true;
        list.remove_prefix(end + 1);
    }
    return false;
}

}  // namespace

Precondition checkConditions(const HttpRequest& request, const Validators& present) {
    const auto ifMatch = request.header("if-match"), ifNoneMatch = request.header("if-none-match");
    const auto unmodifiedSince = parseHttpDate(request.header("if-unmodified-since"));
    const auto modifiedSince = parseHttpDate(request.header("if-modified-since"));
    const bool isDated = present.modified > 0;
    if (!ifMatch.empty()) {
        if (!holdsTag(ifMatch, present.etag, false)) return Precondition::Fails;
    } else if (isDated && unmodifiedSince && present.modified > *unmodifiedSince) {
        return Precondition::Fails;
    }
    if (!ifNoneMatch.empty()) {
        return holdsTag(ifNoneMatch, present.etag, true) ? Precondition::NotModified : Precondition::Holds;
    }
    const bool isOld = isDated && modifiedSince && present.modified <= *modifiedSince;
    return isOld ? Precondition::NotModified : Precondition::Holds;
}

bool isRangeWanted(const HttpRequest& request, const Validators& present, std::int64_t now) {
    const auto ifRange = request.header("if-range");
    if (ifRange.empty()) return true;
    if (ifRange.starts_with('"')) return ifRange == present.etag;
    const auto date = parseHttpDate(ifRange);
    return date && present.modified > 0 && *date == present.modified && now > present.modified;
}

}  // namespace tessera
