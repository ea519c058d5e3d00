#include "pipelines/webrtc/srtp/counter_mode_cipher.h"

#include <algorithm>
#include <array>
#include <openssl/core_names.h>
#include <openssl/crypto.h>

#include "pipelines/webrtc/srtp/session_keys.h"

namespace tessera {
namespace {

constexpr std::size_t kTag = 10, kSha1 = 20;
using Bytes = std::span<std::uint8_t>;

struct MacDeleter {
    void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
    void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using MacPtr = std::unique_ptr<EVP_MAC, MacDeleter>;
using MacContextPtr = std::unique_ptr<EVP_MAC_CTX, MacDeleter>;

class CounterModeCipher final : public SrtpCipher {
public:
    explicit CounterModeCipher(Kind kind) : trailer_(kind == Kind::Rtcp ? kSrtcpTrailer : 0) {}

    bool setKeys(std::span<const std::uint8_t> master) {
        const std::uint8_t base = trailer_ > 0 ? kSrtcpKeyUse : 0;
        const auto derive = [&](SrtpKeyUse use, Bytes out) {
            return deriveSessionKey(master, base + static_cast<std::uint8_t>(use), out);
        };
        std::array<std::uint8_t, 16> key{};
        std::array<std::uint8_t, kSha1> authentication{};
        if (!derive(SrtpKeyUse::Encryption, key) || !derive(SrtpKeyUse::Authentication, authentication)) return false;
        if (!derive(SrtpKeyUse::Salt, Bytes(salt_).first(14))) return false;
        cipher_.reset(EVP_CIPHER_CTX_new());
        if (!cipher_ || EVP_EncryptInit_ex(cipher_.get(), EVP_aes_128_ctr(), nullptr, key.data(), nullptr) != 1) {
            return false;
        }
        const MacPtr hmac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
        mac_.reset(hmac ? EVP_MAC_CTX_new(hmac.get()) : nullptr);
        char digest[] = "SHA1";
        const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                         OSSL_PARAM_construct_end()};
        return mac_ && EVP_MAC_init(mac_.get(), authentication.data(), authentication.size(), parameters) == 1;
    }

    std::size_t overhead() const override { return kTag + trailer_; }
    std::size_t trailerFromEnd() const override { return kTag + kSrtcpTrailer; }

    bool seal(const SrtpPacket& packet) override {
        std::array<std::uint8_t, kSha1> tag{};
        if (!crypt(packet) || !authenticate(packet, tag)) return false;
        std::copy_n(tag.begin(), kTag, packet.bytes.last(kTag).begin());
        return true;
    }

    bool open(const SrtpPacket& packet) override {
        std::array<std::uint8_t, kSha1> tag{};
        return authenticate(packet, tag) && CRYPTO_memcmp(tag.data(), packet.bytes.last(kTag).data(), kTag) == 0 &&
               crypt(packet);
    }

private:
    /// @source RFC 3711 section 4.1.1: SSRC and index, mixed with the salt, in front of a block counter
    bool crypt(const SrtpPacket& packet) {
        auto counter = salt_;
        for (unsigned i = 0; i < 4; ++i) counter[4 + i] ^= static_cast<std::uint8_t>(packet.ssrc >> (24 - 8 * i));
        for (unsigned i = 0; i < 6; ++i) counter[8 + i] ^= static_cast<std::uint8_t>(packet.index >> (40 - 8 * i));
        const Bytes text = packet.bytes.subspan(packet.clear, packet.bytes.size() - packet.clear - overhead());
        int length = 0;
        return EVP_EncryptInit_ex(cipher_.get(), nullptr, nullptr, nullptr, counter.data()) == 1 &&
               EVP_EncryptUpdate(cipher_.get(), text.data(), &length, text.data(), static_cast<int>(text.size())) == 1;
    }

    /// @source RFC 3711 section 4.2: for RTP the rollover counter is authenticated with the packet
    bool authenticate(const SrtpPacket& packet, std::array<std::uint8_t, kSha1>& tag) {
        const Bytes covered = packet.bytes.first(packet.bytes.size() - kTag);
        std::array<std::uint8_t, 4> rollover{};
        for (unsigned i = 0; i < 4; ++i) rollover[i] = static_cast<std::uint8_t>(packet.index >> (40 - 8 * i));
        std::size_t length = 0;
        return EVP_MAC_init(mac_.get(), nullptr, 0, nullptr) == 1 &&
               EVP_MAC_update(mac_.get(), covered.data(), covered.size()) == 1 &&
               (trailer_ > 0 || EVP_MAC_update(mac_.get(), rollover.data(), rollover.size()) == 1) &&
               EVP_MAC_final(mac_.get(), tag.data(), &length, tag.size()) == 1;
    }

    std::size_t trailer_;
    CipherContextPtr cipher_;
    MacContextPtr mac_;
    std::array<std::uint8_t, 16> salt_{};
};

}  // namespace

Result<std::unique_ptr<SrtpCipher>> createCounterModeCipher(SrtpCipher::Kind kind,
                                                            std::span<const std::uint8_t> master) {
    auto cipher = std::make_unique<CounterModeCipher>(kind);
    if (!cipher->setKeys(master)) return internalError("OpenSSL refuses a key for AES in counter mode");
    return std::unique_ptr<SrtpCipher>(std::move(cipher));
}

}  // namespace tessera
