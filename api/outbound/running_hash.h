#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace tessera {

/// A digest of bytes that come piece by piece.
class RunningHash {
public:
    enum class Kind { Sha256, Md5 };  ///< MD5 only where a protocol asks for it
    explicit RunningHash(Kind kind);
    void add(std::string_view bytes);
    std::string finish();  ///< 32 or 16 bytes; nothing may be added then

private:
    std::unique_ptr<evp_md_ctx_st, void (*)(evp_md_ctx_st*)> context_;
};

std::string toHex(std::string_view bytes);
/// The bytes of an even number of hexadecimal digits in lower case; what is none counts as 0.
std::string fromHex(std::string_view text);
/// @source RFC 4648 section 4
std::string toBase64(std::string_view bytes);

}  // namespace tessera
