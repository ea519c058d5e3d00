#include "api/webhooks/webhook_signature.h"

#include <array>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <vector>

#include "mcu/base/check.h"

#include "api/auth/digest.h"
#include "api/outbound/running_hash.h"

namespace tessera {
namespace {

constexpr std::string_view kPrefix = "whsec_";

/// A secret behind the prefix that is no base64 is taken as it stands.
std::string keyOf(std::string_view secret) {
    if (!secret.starts_with(kPrefix)) return std::string(secret);
    const auto text = secret.substr(kPrefix.size());
    const auto padding = std::min<std::size_t>(text.size() - std::min(text.find('='), text.size()), 2);
    std::string bytes(text.size() / 4 * 3 + 3, '\0');
    const int size =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    if (size < static_cast<int>(padding)) return std::string(secret);
    bytes.resize(static_cast<std::size_t>(size) - padding);
    return bytes;
}

}  // namespace

std::string webhookSignature(std::string_view secret, std::string_view id, std::int64_t timestamp,
                             std::string_view body) {
    std::string text(id);
    text += "." + std::to_string(timestamp) + ".";
    text += body;
    return "v1," + toBase64(hmacSha256(keyOf(secret), text));
}

std::string createWebhookSecret() {
    std::array<unsigned char, 32> bytes{};
    TESSERA_CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
    return std::string(kPrefix) + toBase64({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace tessera
