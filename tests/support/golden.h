#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace tessera {

/// Compares text with a file under the source tree. With TESSERA_UPDATE_GOLDEN=1 in the environment it writes the file
/// instead; the difference is then for a reviewer to judge.
///
/// @return empty when equal, else what differs
inline std::string compareWithGolden(const std::string& path, const std::string& actual) {
    const std::filesystem::path file = std::filesystem::path(TESSERA_SOURCE_DIR) / path;
    const char* update = std::getenv("TESSERA_UPDATE_GOLDEN");
    if (update != nullptr && std::string(update) == "1") {
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << actual;
    }
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return path + " is missing: run with TESSERA_UPDATE_GOLDEN=1";
    std::istringstream wanted(std::string(std::istreambuf_iterator<char>(stream), {}));
    std::istringstream got(actual);
    std::string wantedLine, gotLine;
    for (int line = 1;; ++line) {
        const bool hasWanted = static_cast<bool>(std::getline(wanted, wantedLine));
        const bool hasGot = static_cast<bool>(std::getline(got, gotLine));
        if (!hasWanted && !hasGot) return {};
        if (hasWanted != hasGot || wantedLine != gotLine) {
            return path + ":" + std::to_string(line) + " wanted '" + (hasWanted ? wantedLine : "") + "' got '" +
                   (hasGot ? gotLine : "") + "'; TESSERA_UPDATE_GOLDEN=1 accepts the change";
        }
    }
}

}  // namespace tessera
