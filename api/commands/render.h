#pragma once

#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// As the body of `POST /v1/recordings/{recording}:render`.
struct RenderArguments {
    std::string recording;  ///< its folder, or its id below data.dir
    std::string file;       ///< to be written
    std::string view, layout, canvas, container;
    std::optional<double> fps;
    std::vector<std::string> exclude;
    std::optional<int> fromMs, toMs, bitrateKbps;
};

/// Renders a recording into a file and prints what was made as one JSON object; SIGINT and SIGTERM end it in order.
int renderCommand(const std::string& configFile, const RenderArguments& arguments);

}  // namespace tessera
