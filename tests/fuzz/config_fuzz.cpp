#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mcu/base/check.h"

#include "api/config.h"
#include "api/settings.h"

using namespace tessera;

/// The input up to the first zero byte is the file, the rest the value of an environment variable. What is accepted is
/// within every range, and every refusal says something.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(bytes), size);
    const auto zero = input.find('\0');
    const std::string_view toml = input.substr(0, zero);
    const auto value =
        zero == std::string_view::npos ? std::nullopt : std::optional(std::string(input.substr(zero + 1)));
    const auto& chosen = settings()[size % settings().size()];
    const auto config = parseConfig(
        toml, [&](const std::string& name) { return name == chosen.environmentName() ? value : std::nullopt; });
    if (!config.ok()) {
        TESSERA_CHECK(!config.error().message.empty());
        return 0;
    }
    TESSERA_CHECK(config->http.threads >= 1 && config->http.threads <= 64);
    TESSERA_CHECK(config->webrtc.portMin <= config->webrtc.portMax);
    TESSERA_CHECK(parseListenAddress(config->http.listen).ok());
    for (const auto& server : config->webrtc.iceServers) TESSERA_CHECK(parseIceServer(server).ok());
    return 0;
}
