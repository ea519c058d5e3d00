#include "pipelines/outputs/iso/iso_folder.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <unistd.h>

#include "pipelines/outputs/recording_file.h"

namespace tessera {
namespace {

/// A new file, which FolderSync brings to the disk.
class IsoFile final : public MuxTarget {
public:
    IsoFile(std::string path, int descriptor, Counter& bytes)
        : path_(std::move(path)), descriptor_(descriptor), bytes_(bytes) {}
    ~IsoFile() override { ::close(descriptor_); }
    IsoFile(const IsoFile&) = delete;
    IsoFile& operator=(const IsoFile&) = delete;

    Status write(std::span<const std::uint8_t> bytes) override {
        bytes_.add(bytes.size());
        return writeAll(descriptor_, bytes, path_);
    }
    Status onFragment() override { return kOk; }
    Status close() override { return kOk; }

private:
    const std::string path_;
    const int descriptor_;
    Counter& bytes_;
};

}  // namespace

Status IsoFolder::check() const {
    std::error_code error;
    const auto space = std::filesystem::space(path_, error);
    if (error) return notFound(path_ + ": " + error.message());
    if (space.available >= minimumFree_) return sync_.status();
    return Error{ErrorCode::Capacity,
                 path_ + ": less than " + std::to_string(minimumFree_ >> 20U) +
                     " MB of disk space are left, so recording stops; free some space",
                 {}};
}

Result<IsoFolder::File> IsoFolder::open(const SourceId& source) {
    const std::string name = source.toString() + "-" + std::to_string(numbers_[source] + 1) + ".mkv";
    const std::string path = path_ + "/" + name;
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (descriptor < 0) return diskError(path, errno);
    ++numbers_[source];
    files_.add();
    auto file = std::make_unique<IsoFile>(path, descriptor, bytes_);
    TESSERA_TRY(noteFile(name));
    return File{name, std::move(file)};
}

void IsoFolder::noteRotation(const std::string& name, int degrees) const {
    std::ofstream file(path_ + "/" + kRotationsFile, std::ios::app);
    file << R"({"file":")" << name << R"(","rotation":)" << degrees << "}\n";
}

/// So that what a crash leaves is put where it belongs.
Status IsoFolder::noteFile(const std::string& name) const {
    return noteTimeline(path_, name, Duration{}, origin_);
}

}  // namespace tessera
