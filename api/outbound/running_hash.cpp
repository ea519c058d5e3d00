#include "api/outbound/running_hash.h"

#include <array>
#include <openssl/evp.h>

#include "mcu/base/check.h"

namespace tessera {
namespace {

int digitOf(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 0;
}

}  // namespace

RunningHash::RunningHash(Kind kind) : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    const auto* digest = kind == Kind::Sha256 ? EVP_sha256() : EVP_md5();
    TESSERA_CHECK(context_ && EVP_DigestInit_ex(context_.get(), digest, nullptr) == 1);
}

void RunningHash::add(std::string_view bytes) {
    TESSERA_CHECK(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
}

std::string RunningHash::finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    TESSERA_CHECK(EVP_DigestFinal_ex(context_.get(), digest.data(), &size) == 1);
    return {reinterpret_cast<const char*>(digest.data()), size};
}

std::string toHex(std::string_view bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (const unsigned char byte : bytes) {
        text += kDigits[byte >> 4U];
        text += kDigits[byte & 15U];
    }
    return text;
}

std::string fromHex(std::string_view text) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        bytes += static_cast<char>(digitOf(text[i]) * 16 + digitOf(text[i + 1]));
    }
    return bytes;
}

std::string toBase64(std::string_view bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

}  // namespace tessera
