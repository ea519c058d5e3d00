#include "pipelines/webrtc/srtp/session_keys.h"

#include <algorithm>
#include <array>

namespace tessera {

bool deriveSessionKey(std::span<const std::uint8_t> master, std::uint8_t label, std::span<std::uint8_t> out) {
    constexpr std::size_t kKeySize = 16, kLabelAt = 7;
    std::array<std::uint8_t, 16> counter{};
    std::copy(master.begin() + kKeySize, master.end(), counter.begin());
    counter[kLabelAt] ^= label;
    std::fill(out.begin(), out.end(), std::uint8_t{0});
    int length = 0;
    const CipherContextPtr cipher(EVP_CIPHER_CTX_new());
    return cipher && EVP_EncryptInit_ex(cipher.get(), EVP_aes_128_ctr(), nullptr, master.data(), counter.data()) == 1 &&
           EVP_EncryptUpdate(cipher.get(), out.data(), &length, out.data(), static_cast<int>(out.size())) == 1;
}

}  // namespace tessera
