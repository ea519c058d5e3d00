#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// The value of an environment variable; nothing when it is not set.
/// @thread any, as long as nobody changes the environment
std::optional<std::string> environmentVariable(const std::string& name);

/// The names of all environment variables that begin with `prefix`, sorted.
std::vector<std::string> environmentNames(std::string_view prefix);

}  // namespace tessera
