#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mcu/base/result.h"

namespace tessera {

/// One "x=value" line; borrows the text.
struct SdpLine {
    int number = 0;  ///< from 1
    char type = 0;
    std::string_view value;

    /// For type 'a': what stands before the first colon, and behind it.
    std::string_view attribute() const { return value.substr(0, value.find(':')); }
    std::string_view argument() const {
        const std::size_t colon = value.find(':');
        return colon == std::string_view::npos ? std::string_view() : value.substr(colon + 1);
    }
    Error error(const std::string& what) const;
};

/// Splits at CRLF or LF; empty lines at the end are allowed.
/// @error invalid_argument: over SdpLimits, not "x=value", or control characters
/// @source RFC 8866 section 9
Result<std::vector<SdpLine>> splitSdp(std::string_view text);

/// Takes the next space-separated word off the front of `rest`; empty at the end.
std::string_view takeWord(std::string_view& rest);

/// The whole of `text` as a decimal number up to `most`.
template <typename Number>
std::optional<Number> parseNumber(std::string_view text, Number most) {
    Number value{};
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || error != std::errc() || stop != end || value > most) return std::nullopt;
    return value;
}

std::string toLower(std::string_view text);

/// A token of RFC 8866: printable, without separators; at most 256 characters.
bool isSdpToken(std::string_view text);
/// Letters, digits, + and / between these lengths. @source RFC 8839 section 5.4
bool isIceString(std::string_view text, std::size_t least);
inline constexpr std::size_t kMinUfrag = 4, kMinPwd = 22;

}  // namespace tessera
