#pragma once

#include <functional>
#include <memory>
#include <string>

#include "mcu/base/result.h"

#include "api/gateway/body_source.h"
#include "api/gateway/conditions.h"
#include "api/gateway/loop_handle.h"
#include "api/worker_pool.h"

namespace tessera {

/// A file that is open for reading, with its size and validators as of then: what is appended later is not read, and
/// replacing or deleting the file changes nothing.
struct OpenFile {
    OpenFile(int descriptor, std::uint64_t bytes, Validators marks)
        : fd(descriptor), size(bytes), validators(std::move(marks)) {}
    ~OpenFile();
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;

    const int fd;
    const std::uint64_t size;
    const Validators validators;
};

/// @error not_found: it is none, or a link, or no regular file
/// @thread one that may wait for a disk
Result<std::shared_ptr<const OpenFile>> openForReading(const std::string& path);

/// Threads that wait for disks, and the way back from them. Outlives every FileBody's reading.
struct FileReaders {
    WorkerPool& pool;
    std::shared_ptr<LoopHandle> loop;
};

/// A part of a file, read piece by piece on other threads.
class FileBody final : public BodySource {
public:
    FileBody(FileReaders readers, std::shared_ptr<const OpenFile> file, std::uint64_t first, std::uint64_t size)
        : readers_(std::move(readers)), file_(std::move(file)), at_(first), left_(size) {}

    std::uint64_t remaining() const override { return left_; }
    void next(Piece done) override;

private:
    FileReaders readers_;
    std::shared_ptr<const OpenFile> file_;
    std::uint64_t at_, left_;
    std::shared_ptr<std::string> piece_ = std::make_shared<std::string>();
};

}  // namespace tessera
