#pragma once

#include <cstdint>
#include <string>

namespace tessera {

/// How long a media file plays, in milliseconds; 0 when it cannot be told. Reads the file's index, or all of its
/// fragments' headers.
/// @thread any but tick threads; may take as long as reading a file does
std::int64_t probeDurationMs(const std::string& path);

}  // namespace tessera
