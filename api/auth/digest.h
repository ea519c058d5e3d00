#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mcu/base/result.h"

namespace tessera {

/// SHA-256 as 64 lower-case hexadecimal digits. @source FIPS 180-4
std::string sha256Hex(std::string_view bytes);

/// SHA-256 of a file's content, read in pieces.
/// @param cancel  ends it early when it becomes true; may be null
/// @error not_found: cannot be read; conflict: cancelled
Result<std::string> sha256HexOfFile(const std::string& path, const std::atomic<bool>* cancel = nullptr);

/// 32 bytes. @source RFC 2104
std::string hmacSha256(std::string_view key, std::string_view bytes);

/// Compares in a time that depends on the lengths only.
bool equalInConstantTime(std::string_view a, std::string_view b);

/// @source RFC 4648 section 5, without padding
std::string toBase64Url(std::string_view bytes);

/// Nothing for characters outside the alphabet, padding, an impossible length or bits that are set beyond the end.
std::optional<std::string> fromBase64Url(std::string_view text);

}  // namespace tessera
