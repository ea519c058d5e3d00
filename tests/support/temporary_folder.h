#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "mcu/base/check.h"

namespace tessera {

/// A folder of the test's own, gone with the object.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "tessera-test-XXXXXX").string();
        TESSERA_CHECK(::mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    ~TemporaryFolder() {
        std::error_code error;
        std::filesystem::remove_all(path_, error);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::string& path() const { return path_; }
    /// Of something in it.
    std::filesystem::path operator/(const std::string& name) const { return std::filesystem::path(path_) / name; }
    std::string write(const std::string& name, const std::string& content) const {
        const auto file = path_ + "/" + name;
        std::filesystem::create_directories(std::filesystem::path(file).parent_path());
        std::ofstream(file, std::ios::binary) << content;
        return file;
    }

private:
    std::string path_;
};

}  // namespace tessera
