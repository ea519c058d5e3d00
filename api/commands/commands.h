#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "mcu/base/result.h"

namespace tessera {

// What the program's words do. Results go to stdout, faults and the log to stderr; each returns the exit code.

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailure = 1;
inline constexpr int kExitBadConfiguration = 2;  ///< the message names the key
inline constexpr int kExitAddressInUse = 3;

int probeCommand(bool asJson);

struct TokenArguments {
    std::string meeting;
    std::string role;
    std::string name;
    std::string subject;  ///< empty = a random one
    std::string ttl = "1h";
};
/// Prints a token that is signed with auth.jwt_secret.
int tokenCommand(const std::string& configFile, const TokenArguments& arguments);

struct KeyArguments {
    std::string role;
    std::string name;
    std::string meeting = "*";
};
/// Makes an API key, stores its hash and prints the key, once.
int keyAddCommand(const std::string& configFile, const KeyArguments& arguments);
int keyListCommand(const std::string& configFile);
int keyRemoveCommand(const std::string& configFile, const std::string& id);

/// Checks a file as `serve` would.
int configCheckCommand(const std::string& file);
/// Prints the documented sample.
int configSampleCommand();

/// Prints a fault and returns its exit code.
int reportFault(const Error& error);

/// "90", "90s", "15m", "1h", "7d".
/// @error invalid_argument
Result<std::chrono::seconds> parseTtl(std::string_view text);

}  // namespace tessera
