#include "api/commands/commands.h"

#include <charconv>
#include <iostream>

#include "mcu/base/environment.h"

#include "api/auth.h"
#include "api/machine_probe.h"
#include "api/settings.h"
#include "api/store/store.h"

namespace tessera {
namespace {

Result<Role> parseRole(const std::string& text) {
    if (const auto role = roleFromString(text)) return *role;
    std::string names;
    for (const auto role : allRoles()) names += (names.empty() ? "" : ", ") + std::string(toString(role));
    return invalidArgument("--role must be one of " + names, "role");
}

/// Opens the store beside a server that may be running.
Result<std::unique_ptr<Store>> visitStore(const std::string& configFile) {
    const auto config = loadConfig(configFile, environmentVariable);
    if (!config) return config.error();
    StoreOptions options;
    options.dir = config->data.dir;
    options.isOwner = false;
    return Store::create(std::move(options));
}

int reportResult(const Status& status) {
    return status ? kExitOk : reportFault(status.error());
}

Result<std::string> createToken(const std::string& configFile, const TokenArguments& arguments) {
    const auto config = loadConfig(configFile, environmentVariable);
    if (!config) return config.error();
    const auto role = parseRole(arguments.role);
    if (!role) return role.error();
    const auto ttl = parseTtl(arguments.ttl);
    if (!ttl) return ttl.error();
    const auto authenticator = Authenticator::create(config->auth, nullptr, false);
    if (!authenticator) return authenticator.error();
    const auto minted = (*authenticator)->mint({arguments.subject, arguments.name, arguments.meeting, *role, *ttl});
    if (!minted) return minted.error();
    return minted->token;
}

Result<std::string> createKey(const std::string& configFile, const KeyArguments& arguments) {
    const auto role = parseRole(arguments.role);
    if (!role) return role.error();
    if (arguments.meeting != "*" && !isSafeName(arguments.meeting)) {
        return invalidArgument("--meeting must be an id, or * for all", "meeting");
    }
    auto store = visitStore(configFile);
    if (!store) return store.error();
    const auto key = createApiKey();
    TESSERA_TRY((*store)->addKey(
        {"key_" + randomToken(), hashApiKey(key), arguments.name, *role, arguments.meeting, wallClockMs()}));
    return key;
}

int printResult(const Result<std::string>& result) {
    if (!result) return reportFault(result.error());
    std::cout << *result << std::endl;
    return kExitOk;
}

}  // namespace

int reportFault(const Error& error) {
    std::cerr << "tessera: " << error.message << std::endl;
    switch (error.code) {
        case ErrorCode::InvalidArgument:
        case ErrorCode::NotFound:
        case ErrorCode::Unsupported: return kExitBadConfiguration;
        case ErrorCode::Conflict: return kExitAddressInUse;
        case ErrorCode::Unauthorized:
        case ErrorCode::Forbidden:
        case ErrorCode::Capacity:
        case ErrorCode::Unreachable:
        case ErrorCode::Timeout:
        case ErrorCode::Device:
        case ErrorCode::Internal: return kExitFailure;
    }
    return kExitFailure;
}

Result<std::chrono::seconds> parseTtl(std::string_view text) {
    constexpr std::int64_t kMostSeconds = 30LL * 24 * 3600;
    const auto bad = [&] {
        return invalidArgument("--ttl must be like 90s, 15m, 1h or 7d, and 30 days at most", "ttl");
    };
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc() || count < 1 || count > kMostSeconds) return bad();
    const auto unit = text.substr(static_cast<std::size_t>(end - text.data()));
    std::int64_t seconds = 0;
    if (unit.empty() || unit == "s") seconds = 1;
    if (unit == "m") seconds = 60;
    if (unit == "h") seconds = 3600;
    if (unit == "d") seconds = 24LL * 3600;
    if (seconds == 0 || count * seconds > kMostSeconds) return bad();
    return std::chrono::seconds(count * seconds);
}

int probeCommand(bool asJson) {
    const auto probe = probeMachine(*GpuEngines::open({}));
    std::cout << (asJson ? probe.dump(2) + "\n" : probeText(probe)) << std::flush;
    return kExitOk;
}

int tokenCommand(const std::string& configFile, const TokenArguments& arguments) {
    return printResult(createToken(configFile, arguments));
}

int keyAddCommand(const std::string& configFile, const KeyArguments& arguments) {
    return printResult(createKey(configFile, arguments));
}

int keyListCommand(const std::string& configFile) {
    auto store = visitStore(configFile);
    if (!store) return reportFault(store.error());
    const auto keys = (*store)->keys();
    if (!keys) return reportFault(keys.error());
    for (const auto& key : *keys) {
        std::cout << key.id << "\t" << toString(key.role) << "\t" << key.meeting << "\t" << key.name << "\n";
    }
    std::cout << std::flush;
    return kExitOk;
}

int keyRemoveCommand(const std::string& configFile, const std::string& id) {
    auto store = visitStore(configFile);
    return store ? reportResult((*store)->removeKey(id)) : reportFault(store.error());
}

int configCheckCommand(const std::string& file) {
    // Without the environment: the answer is about the file.
    const auto config = loadConfig(file, [](const std::string&) { return std::nullopt; });
    if (!config) return reportFault(config.error());
    for (const auto& warning : configWarnings(*config)) std::cerr << "tessera: " << warning << std::endl;
    std::cout << file << ": good" << std::endl;
    return kExitOk;
}

int configSampleCommand() {
    std::cout << sampleToml() << std::flush;
    return kExitOk;
}

}  // namespace tessera
