#include "mcu/base/ids.h"

#include <array>
#include <cstdint>
#include <sys/random.h>

#include "mcu/base/check.h"

namespace tessera {

std::string randomToken() {
    static constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
    std::array<std::uint8_t, 26> bytes{};
    TESSERA_CHECK(getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
    std::string token;
    token.reserve(bytes.size());
    for (auto byte : bytes) token.push_back(kAlphabet[byte & 31U]);
    return token;
}

bool isSafeName(std::string_view text) {
    static constexpr std::string_view kAllowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    return !text.empty() && text.size() <= 64 && text.find_first_not_of(kAllowed) == std::string_view::npos;
}

}  // namespace tessera
