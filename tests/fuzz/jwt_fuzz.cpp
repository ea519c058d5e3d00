#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mcu/base/check.h"

#include "api/auth/digest.h"
#include "api/auth/jwks.h"
#include "api/auth/jwt.h"

using namespace tessera;

namespace {

const std::string kSecret = "0123456789abcdef0123456789abcdef";

/// Nothing that a stranger makes is accepted.
void checkStranger(std::string_view token) {
    const JwtPolicy policy{kSecret, nullptr, "tessera", "tessera", 1'800'000'000};
    TESSERA_CHECK(!verifyJwt(token, policy).ok());
}

/// A payload that we signed ourselves is read without trouble, and what is accepted is complete.
void checkSigned(std::string_view payload) {
    const JwtPolicy policy{kSecret, nullptr, "tessera", "tessera", 1'800'000'000};
    const auto bytes = toBase64Url(R"({"alg":"HS256"})") + "." + toBase64Url(payload);
    const auto claims = verifyJwt(bytes + "." + toBase64Url(hmacSha256(kSecret, bytes)), policy);
    if (!claims.ok()) return;
    TESSERA_CHECK(!claims->subject.empty() && claims->expiresAt + kTokenLeewaySeconds > policy.now);
    TESSERA_CHECK(claims->meeting == "*" || isSafeName(claims->meeting));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(bytes), size);
    checkStranger(input);
    checkSigned(input);
    if (const auto jwks = parseJwks(input); jwks.ok()) {
        for (const auto& key : jwks->keys) TESSERA_CHECK(!verifySignature(key, "bytes", input.substr(0, 64)));
    }
    if (const auto decoded = fromBase64Url(input)) TESSERA_CHECK(toBase64Url(*decoded) == input);
    return 0;
}
