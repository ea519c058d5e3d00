#include "api/auth/digest.h"

#include <array>
#include <fstream>
#include <memory>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <vector>

namespace tessera {
namespace {

constexpr std::string_view kBase64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kNotInAlphabet = 0xFF;

class Sha256 {
public:
    Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
        TESSERA_CHECK(context_ && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1);
    }
    void add(std::string_view bytes) {
        TESSERA_CHECK(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
    }
    std::string finishHex() {
        std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
        unsigned length = 0;
        TESSERA_CHECK(EVP_DigestFinal_ex(context_.get(), digest.data(), &length) == 1);
        static constexpr std::string_view kDigits = "0123456789abcdef";
        std::string hex;
        for (unsigned i = 0; i < length; ++i) {
            hex += kDigits[digest[i] >> 4U];
            hex += kDigits[digest[i] & 15U];
        }
        return hex;
    }

private:
    std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
};

std::array<std::uint8_t, 256> decodingTable() {
    std::array<std::uint8_t, 256> table{};
    table.fill(kNotInAlphabet);
    for (std::size_t i = 0; i < kBase64Url.size(); ++i) {
        table[static_cast<unsigned char>(kBase64Url[i])] = static_cast<std::uint8_t>(i);
    }
    return table;
}

}  // namespace

std::string sha256Hex(std::string_view bytes) {
    Sha256 hash;
    hash.add(bytes);
    return hash.finishHex();
}

Result<std::string> sha256HexOfFile(const std::string& path, const std::atomic<bool>* cancel) {
    constexpr std::size_t kPiece = 1U << 20U;
    std::ifstream file(path, std::ios::binary);
    if (!file) return notFound("a file cannot be read");
    std::vector<char> piece(kPiece);
    Sha256 hash;
    while (file) {
        if (cancel != nullptr && cancel->load()) return conflict("the digest was cancelled");
        file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        hash.add({piece.data(), static_cast<std::size_t>(file.gcount())});
    }
    if (!file.eof()) return internalError("a file cannot be read to its end");
    return hash.finishHex();
}

std::string hmacSha256(std::string_view key, std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    const auto* result =
        HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data(), &length);
    TESSERA_CHECK(result != nullptr);
    return {reinterpret_cast<const char*>(digest.data()), length};
}

bool equalInConstantTime(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string toBase64Url(std::string_view bytes) {
    std::string text;
    std::uint32_t bits = 0;
    int count = 0;
    for (const unsigned char byte : bytes) {
        bits = (bits << 8U) | byte;
        count += 8;
        while (count >= 6) {
            count -= 6;
            text += kBase64Url[(bits >> static_cast<unsigned>(count)) & 63U];
        }
    }
    if (count > 0) text += kBase64Url[(bits << static_cast<unsigned>(6 - count)) & 63U];
    return text;
}

std::optional<std::string> fromBase64Url(std::string_view text) {
    static const auto kTable = decodingTable();
    if (text.size() % 4 == 1) return std::nullopt;
    std::string bytes;
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const unsigned char c : text) {
        if (kTable[c] == kNotInAlphabet) return std::nullopt;
        bits = (bits << 6U) | kTable[c];
        count += 6;
        if (count < 8) continue;
        count -= 8;
        bytes += static_cast<char>((bits >> count) & 255U);
    }
    if ((bits & ((1U << count) - 1U)) != 0) return std::nullopt;
    return bytes;
}

}  // namespace tessera
