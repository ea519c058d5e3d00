#pragma once

#include <string_view>

namespace tessera {

/// The product's version, "major.minor.patch".
std::string_view version();

}  // namespace tessera
