#include "api/store/recording_files.h"

#include <array>
#include <fstream>
#include <string_view>
#include <sys/stat.h>

namespace tessera {
namespace {

constexpr std::size_t kMaximumExtension = 8;

bool isKind(const std::string& path, mode_t kind) {
    struct stat info {};
    return ::lstat(path.c_str(), &info) == 0 && (info.st_mode & S_IFMT) == kind;
}

struct Box {
    std::string type;
    std::uint64_t size = 0;  ///< header included
    std::uint64_t headerSize = 8;
};

std::uint64_t bigEndian(const unsigned char* bytes, int count) {
    std::uint64_t value = 0;
    for (int i = 0; i < count; ++i) value = (value << 8U) | bytes[i];
    return value;
}

/// The header at the stream's position; false at the end, or where no box can begin.
bool readBox(std::istream& file, std::uint64_t remaining, Box& box) {
    std::array<unsigned char, 16> header{};
    auto* bytes = reinterpret_cast<char*>(header.data());
    if (!file.read(bytes, 8)) return false;
    box = Box{std::string(bytes + 4, 4), bigEndian(header.data(), 4), 8};
    if (box.size == 1) {
        if (!file.read(bytes + 8, 8)) return false;
        box.size = bigEndian(header.data() + 8, 8);
        box.headerSize = 16;
    }
    if (box.size == 0) box.size = remaining;  // up to the end of the file
    return box.size >= box.headerSize;
}

}  // namespace

std::string recordingFolder(const std::string& dataDir, const RecordingId& id) {
    return dataDir + "/recordings/" + id.toString();
}

bool isSafeFileName(std::string_view name) {
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos) return false;
    const auto extension = name.substr(dot + 1);
    return isSafeName(name.substr(0, dot)) && isSafeName(extension) && extension.size() <= kMaximumExtension &&
           extension.find_first_of("_-") == std::string_view::npos;
}

Result<std::string> resolveRecordingFile(const std::string& dataDir, const std::string& id, const std::string& name) {
    const auto recording = RecordingId::fromString(id);
    if (!recording || !isSafeFileName(name)) return notFound("no such recording file");
    const auto folder = recordingFolder(dataDir, *recording);
    const auto path = folder + "/" + name;
    if (!isKind(folder, S_IFDIR) || !isKind(path, S_IFREG)) return notFound("no such recording file");
    return path;
}

bool isMediaFile(std::string_view name) {
    return name.ends_with(".mp4") || name.ends_with(".mkv");
}

bool holdsMedia(const std::string& path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file) return false;
    const auto total = static_cast<std::uint64_t>(file.tellg());
    std::uint64_t at = 0;
    bool sawIndex = false;
    Box box;
    while (at < total && file.seekg(static_cast<std::streamoff>(at)) && readBox(file, total - at, box)) {
        if (box.size > total - at) return false;  // cut off by the crash
        if (box.type == "moof" || box.type == "moov") sawIndex = true;
        if (box.type == "mdat" && sawIndex && box.size > box.headerSize) return true;
        at += box.size;
    }
    return false;
}

}  // namespace tessera
