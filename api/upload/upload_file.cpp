#include "api/upload/upload_file.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "api/outbound/running_hash.h"

namespace tessera {
namespace {

constexpr std::size_t kReadBytes = 256 * 1024;

}  // namespace

Result<UploadFile> UploadFile::open(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat info {};
    if (descriptor < 0) return notFound("a file of the recording is missing");
    UploadFile file(descriptor, 0);
    if (::fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode))
        return notFound("a file of the recording is missing");
    file.size_ = info.st_size;
    return file;
}

UploadFile::UploadFile(UploadFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_) {}

UploadFile::~UploadFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Result<PieceDigest> UploadFile::digest(std::int64_t begin, std::int64_t bytes) const {
    RunningHash sha(RunningHash::Kind::Sha256);
    RunningHash md(RunningHash::Kind::Md5);
    std::vector<char> buffer(kReadBytes);
    while (bytes > 0) {
        const auto wanted = std::min<std::int64_t>(bytes, static_cast<std::int64_t>(buffer.size()));
        const auto got = ::pread(descriptor_, buffer.data(), static_cast<std::size_t>(wanted), begin);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return Error{ErrorCode::Device, "a file of the recording cannot be read", {}};
        const std::string_view piece(buffer.data(), static_cast<std::size_t>(got));
        sha.add(piece);
        md.add(piece);
        begin += got;
        bytes -= got;
    }
    return PieceDigest{toHex(sha.finish()), md.finish()};
}

}  // namespace tessera
