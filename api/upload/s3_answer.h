#pragma once

#include <string>
#include <string_view>

namespace tessera {

/// The text of the first element of that name in an answer of S3, unescaped; empty when there is none.
std::string xmlText(std::string_view answer, std::string_view element);

}  // namespace tessera
