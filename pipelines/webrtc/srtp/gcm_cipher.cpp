#include "pipelines/webrtc/srtp/gcm_cipher.h"

#include <array>

#include "pipelines/webrtc/srtp/session_keys.h"

namespace tessera {
namespace {

constexpr std::size_t kTag = 16;
using Bytes = std::span<std::uint8_t>;

class GcmCipher final : public SrtpCipher {
public:
    explicit GcmCipher(Kind kind) : trailer_(kind == Kind::Rtcp ? kSrtcpTrailer : 0) {}

    bool setKeys(std::span<const std::uint8_t> master, bool encrypts) {
        const std::uint8_t base = trailer_ > 0 ? kSrtcpKeyUse : 0;
        std::array<std::uint8_t, 16> key{};
        if (!deriveSessionKey(master, base + static_cast<std::uint8_t>(SrtpKeyUse::Encryption), key)) return false;
        if (!deriveSessionKey(master, base + static_cast<std::uint8_t>(SrtpKeyUse::Salt), salt_)) return false;
        cipher_.reset(EVP_CIPHER_CTX_new());
        return cipher_ &&
               EVP_CipherInit_ex(cipher_.get(), EVP_aes_128_gcm(), nullptr, key.data(), nullptr, encrypts ? 1 : 0) == 1;
    }

    std::size_t overhead() const override { return kTag + trailer_; }
    std::size_t trailerFromEnd() const override { return kSrtcpTrailer; }

    bool seal(const SrtpPacket& packet) override {
        const Bytes tag = tagOf(packet);
        return process(packet) && EVP_EncryptFinal_ex(cipher_.get(), tag.data(), &length_) == 1 &&
               EVP_CIPHER_CTX_ctrl(cipher_.get(), EVP_CTRL_AEAD_GET_TAG, kTag, tag.data()) == 1;
    }

    bool open(const SrtpPacket& packet) override {
        std::array<std::uint8_t, kTag> rest{};
        return process(packet) &&
               EVP_CIPHER_CTX_ctrl(cipher_.get(), EVP_CTRL_AEAD_SET_TAG, kTag, tagOf(packet).data()) == 1 &&
               EVP_DecryptFinal_ex(cipher_.get(), rest.data(), &length_) == 1;
    }

private:
    Bytes tagOf(const SrtpPacket& packet) const { return packet.bytes.last(overhead()).first(kTag); }

    /// Takes in what is authenticated and does the payload. @source RFC 7714 sections 8.1, 8.2, 9.1 and 9.2
    bool process(const SrtpPacket& packet) {
        auto nonce = salt_;
        for (unsigned i = 0; i < 4; ++i) nonce[2 + i] ^= static_cast<std::uint8_t>(packet.ssrc >> (24 - 8 * i));
        for (unsigned i = 0; i < 6; ++i) nonce[6 + i] ^= static_cast<std::uint8_t>(packet.index >> (40 - 8 * i));
        const Bytes text = packet.bytes.subspan(packet.clear, packet.bytes.size() - packet.clear - overhead());
        return EVP_CipherInit_ex(cipher_.get(), nullptr, nullptr, nullptr, nonce.data(), -1) == 1 &&
               update(packet.bytes.first(packet.clear), nullptr) && update(packet.bytes.last(trailer_), nullptr) &&
               update(text, text.data());
    }

    bool update(Bytes bytes, std::uint8_t* out) {
        return bytes.empty() ||
               EVP_CipherUpdate(cipher_.get(), out, &length_, bytes.data(), static_cast<int>(bytes.size())) == 1;
    }

    std::size_t trailer_;
    CipherContextPtr cipher_;
    std::array<std::uint8_t, 12> salt_{};
    int length_ = 0;
};

}  // namespace

Result<std::unique_ptr<SrtpCipher>> createGcmCipher(SrtpCipher::Kind kind, std::span<const std::uint8_t> master,
                                                    bool encrypts) {
    auto cipher = std::make_unique<GcmCipher>(kind);
    if (!cipher->setKeys(master, encrypts)) return internalError("OpenSSL refuses a key for AES-GCM");
    return std::unique_ptr<SrtpCipher>(std::move(cipher));
}

}  // namespace tessera
