#include "api/gateway/byte_range.h"

#include <algorithm>
#include <limits>

namespace tessera {

namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Digits alone; what is too large counts as the largest. Nothing for anything else.
std::optional<std::uint64_t> readNumber(std::string_view digits) {
    constexpr auto kLargest = std::numeric_limits<std::uint64_t>::max();
    if (digits.empty()) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : digits) {
        if (c < '0' || c > '9') return std::nullopt;
        const auto digit = static_cast<std::uint64_t>(c - '0');
        value = value > (kLargest - digit) / 10 ? kLargest : value * 10 + digit;
    }
    return value;
}

bool isBytesUnit(std::string_view unit) {
    constexpr std::string_view kBytes = "bytes";
    return std::equal(unit.begin(), unit.end(), kBytes.begin(), kBytes.end(),
                      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

RangeChoice part(std::uint64_t first, std::uint64_t size) {
    return {RangeKind::Part, {first, size}};
}

}  // namespace

RangeChoice chooseRange(std::string_view header, std::uint64_t size) {
    const auto equals = header.find('=');
    if (equals == std::string_view::npos || !isBytesUnit(trimmed(header.substr(0, equals)))) return {};
    const auto range = trimmed(header.substr(equals + 1));
    const auto dash = range.find('-');
    if (dash == std::string_view::npos) return {};
    const auto from = range.substr(0, dash), to = range.substr(dash + 1);
    const auto first = readNumber(from), last = readNumber(to);
    if ((!from.empty() && !first) || (!to.empty() && !last)) return {};  // malformed, or a list
    if (!first && !last) return {};
    if (!first) {
        const auto suffix = std::min(*last, size);
        return suffix == 0 ? RangeChoice{RangeKind::Unsatisfiable} : part(size - suffix, suffix);
    }
    if (last && *last < *first) return {};
    if (*first >= size) return {RangeKind::Unsatisfiable};
    return part(*first, std::min(last.value_or(size - 1), size - 1) - *first + 1);
}

}  // namespace tessera
