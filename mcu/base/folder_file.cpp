#include "mcu/base/folder_file.h"

#include <algorithm>
#include <filesystem>

namespace tessera {

Result<std::string> findInFolder(const std::string& folder, std::string name, const std::string& field) {
    namespace fs = std::filesystem;
    if (folder.empty()) return unsupported("this server has no files.root to read files from", field);
    if (name.starts_with("file:")) name.erase(0, 5);
    std::error_code error;
    const auto root = fs::canonical(folder, error);
    if (error) return internalError("files.root cannot be read");
    const auto path = fs::canonical(root / name, error);
    const bool isInside =
        !error && std::mismatch(root.begin(), root.end(), path.begin(), path.end()).first == root.end();
    if (!isInside || !fs::is_regular_file(path, error)) {
        return invalidArgument("there is no file " + name + " in files.root", field);
    }
    return path.string();
}

}  // namespace tessera
