#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mcu/meeting/meeting_types.h"

namespace tessera {

/// An API key as the store keeps it: not the key, only its hash.
struct StoredKey {
    std::string id;    ///< "key_..."; what logs and the audit show
    std::string hash;  ///< hashApiKey of the key
    std::string name;
    Role role = Role::Viewer;
    std::string meeting = "*";
    std::int64_t createdAtMs = 0;
};

inline constexpr std::string_view kApiKeyPrefix = "tsk_";

/// "tsk_" and 130 random bits.
std::string createApiKey();

/// SHA-256, unsalted and fast on purpose: salts and slow hashes protect secrets that can be guessed, and nobody guesses
/// 130 random bits; a plain digest can be looked up by an index.
std::string hashApiKey(std::string_view key);

}  // namespace tessera
