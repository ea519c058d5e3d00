#pragma once

#include <functional>
#include <string>

namespace tessera {

/// Hears the path of each file of a recording in segments once nothing more is written to it; returns at once.
/// @thread a recording's, which may outlive the output where a disk does not answer
using FileListener = std::function<void(const std::string& path)>;

}  // namespace tessera
