#include "api/auth/api_key.h"

#include "api/auth/digest.h"

namespace tessera {

std::string createApiKey() {
    return std::string(kApiKeyPrefix) + randomToken();
}

std::string hashApiKey(std::string_view key) {
    return sha256Hex(key);
}

}  // namespace tessera
