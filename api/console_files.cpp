#include "api/console_files.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "mcu/base/log.h"

#include "api/auth/digest.h"

namespace tessera {

namespace {

namespace fs = std::filesystem;

/// The page runs its own script, talks to this server alone and is framed by nobody.
constexpr const char* kContentSecurityPolicy =
    "default-src 'self'; media-src 'self' blob: mediastream:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'";

std::string_view typeOf(const fs::path& path) {
    static const std::map<std::string, std::string_view> kTypes{{".html", "text/html; charset=utf-8"},
                                                                {".js", "text/javascript; charset=utf-8"},
                                                                {".css", "text/css; charset=utf-8"},
                                                                {".svg", "image/svg+xml"},
                                                                {".json", "application/json"}};
    const auto found = kTypes.find(path.extension().string());
    return found == kTypes.end() ? "application/octet-stream" : found->second;
}

HttpResponse readFile(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    HttpResponse response;
    response.body.assign(std::istreambuf_iterator<char>(stream), {});
    response.with("Content-Type", std::string(typeOf(path)))
        .with("Cache-Control", "no-cache")
        .with("ETag", "\"" + sha256Hex(response.body).substr(0, 32) + "\"")
        .with("X-Content-Type-Options", "nosniff")
        .with("Referrer-Policy", "no-referrer")
        .with("Content-Security-Policy", kContentSecurityPolicy);
    return response;
}

}  // namespace

ConsoleFiles ConsoleFiles::load(const std::string& folder) {
    ConsoleFiles result;
    std::error_code error;
    const fs::path console = fs::path(folder) / "console";
    for (fs::recursive_directory_iterator each(console, error), end; !error && each != end; each.increment(error)) {
        if (!each->is_regular_file()) continue;
        result.files_["/" + fs::relative(each->path(), console).string()] = readFile(each->path());
    }
    if (const auto index = result.files_.find("/index.html"); index != result.files_.end()) {
        result.files_["/"] = index->second;
    } else {
        log(LogLevel::Warning, "api", "the console was not found: / has no page", {{"folder", console.string()}});
    }
    const fs::path description = fs::path(folder) / "openapi.json";
    if (fs::is_regular_file(description, error)) result.files_["/v1/openapi.json"] = readFile(description);
    return result;
}

const HttpResponse* ConsoleFiles::find(std::string_view path) const {
    const auto found = files_.find(path);
    return found == files_.end() ? nullptr : &found->second;
}

std::string programFolder() {
    std::error_code error;
    return fs::read_symlink("/proc/self/exe", error).parent_path().string();
}

}  // namespace tessera
