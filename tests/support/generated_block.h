#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/support/golden.h"

namespace tessera {

/// Compares the part of a page between `<!-- NAME -->` and `<!-- /NAME -->` with what the code generates, as
/// compareWithGolden does.
/// @return empty when equal, else what differs
inline std::string compareGeneratedBlock(const std::string& path, const std::string& name,
                                         const std::string& generated) {
    std::ifstream stream(std::filesystem::path(TESSERA_SOURCE_DIR) / path, std::ios::binary);
    const std::string page(std::istreambuf_iterator<char>(stream), {});
    const std::string opening = "<!-- " + name + " -->\n";
    const std::string closing = "<!-- /" + name + " -->";
    const auto begin = page.find(opening);
    const auto end = page.find(closing);
    if (begin == std::string::npos || end == std::string::npos) return path + " lacks the marks of " + name;
    return compareWithGolden(path, page.substr(0, begin + opening.size()) + generated + page.substr(end));
}

}  // namespace tessera
