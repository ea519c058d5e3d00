#pragma once

#include <string>
#include <string_view>

namespace tessera {

/// A URL without what can hold a credential: user, query, and the path beyond its first segment.
std::string withoutCredentials(std::string_view url);

}  // namespace tessera
