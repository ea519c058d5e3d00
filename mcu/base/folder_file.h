#pragma once

#include <string>

#include "mcu/base/result.h"

namespace tessera {

/// The path of a regular file inside a folder, links followed: a caller can name nothing else on the machine.
///
/// @param name   relative to the folder, with or without "file:" before it
/// @param field  of the request, for errors
/// @error unsupported: there is no folder; invalid_argument: there is no such file in it
Result<std::string> findInFolder(const std::string& folder, std::string name, const std::string& field);

}  // namespace tessera
