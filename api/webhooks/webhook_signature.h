#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tessera {

/// What a receiver checks a message by: "v1," and the base64 of HMAC-SHA256 over "<id>.<timestamp>.<body>".
/// @param secret     its bytes, or "whsec_" and the base64 of them
/// @param timestamp  seconds since 1970, as it is sent
/// @source the Standard Webhooks specification, "Signature scheme"; RFC 2104; RFC 4648 section 4
std::string webhookSignature(std::string_view secret, std::string_view id, std::int64_t timestamp,
                             std::string_view body);

/// "whsec_" and 32 random bytes.
std::string createWebhookSecret();

}  // namespace tessera
