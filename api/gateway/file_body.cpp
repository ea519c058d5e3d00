#include "api/gateway/file_body.h"

#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tessera {

namespace {

/// A number for each state of a file: it changes with every write, whose time has nanoseconds.
std::string etagOf(const struct stat& info) {
    char text[80];
    std::snprintf(text, sizeof text, "\"%llx-%llx-%llx\"", static_cast<unsigned long long>(info.st_ino),
                  static_cast<unsigned long long>(info.st_size),
                  static_cast<unsigned long long>(info.st_mtim.tv_sec) * 1'000'000'000ULL +
                      static_cast<unsigned long long>(info.st_mtim.tv_nsec));
    return text;
}

/// @return false when there are fewer bytes
bool readFully(int fd, std::string& into, std::uint64_t at) {
    for (std::size_t have = 0; have < into.size();) {
        const auto got = ::pread(fd, into.data() + have, into.size() - have, static_cast<off_t>(at + have));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        have += static_cast<std::size_t>(got);
    }
    return true;
}

}  // namespace

OpenFile::~OpenFile() {
    ::close(fd);
}

Result<std::shared_ptr<const OpenFile>> openForReading(const std::string& path) {
    // Not to wait for a writer, should it be a pipe.
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat info {};
    const bool isFile = fd >= 0 && ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
    if (!isFile) {
        if (fd >= 0) ::close(fd);
        return notFound("no such recording file");
    }
    ::posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return std::make_shared<const OpenFile>(fd, static_cast<std::uint64_t>(info.st_size),
                                            Validators{etagOf(info), info.st_mtim.tv_sec});
}

void FileBody::next(Piece done) {
    const auto at = at_;
    piece_->resize(static_cast<std::size_t>(std::min<std::uint64_t>(left_, kPieceBytes)));
    at_ += piece_->size();
    left_ -= piece_->size();
    const auto shared = std::make_shared<Piece>(std::move(done));
    const bool taken = readers_.pool.post([file = file_, loop = readers_.loop, piece = piece_, at, shared] {
        const bool whole = readFully(file->fd, *piece, at);
        loop->post([piece, whole, shared] { (*shared)(whole ? std::string_view(*piece) : std::string_view()); });
    });
    if (!taken) (*shared)({});
}

}  // namespace tessera
