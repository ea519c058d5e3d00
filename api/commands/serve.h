#pragma once

#include <string>

namespace tessera {

/// Serves until SIGINT or SIGTERM. When ready, prints one line of JSON on stdout: {"ready": true, "http": URL}.
/// @return exit code, as in commands.h
int serveCommand(const std::string& configFile);

}  // namespace tessera
