#include "pipelines/outputs/recording_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/statvfs.h>
#include <unistd.h>
#include <utility>

#include "mcu/base/time.h"

namespace tessera {
namespace {

/// What a power cut may lose beside the open fragment: often enough to matter, seldom enough not to load the disk.
constexpr Duration kSyncInterval = std::chrono::seconds(2);

class RecordingFile final : public MuxTarget {
public:
    RecordingFile(std::string path, int descriptor, std::uint64_t minimumFree)
        : path_(std::move(path)), descriptor_(descriptor), minimumFree_(minimumFree) {}
    ~RecordingFile() override {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    Status checkSpace() const {
        struct statvfs space {};
        if (::fstatvfs(descriptor_, &space) != 0) return diskError(path_, errno);
        const std::uint64_t free = static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize;
        if (free >= minimumFree_) return kOk;
        return Error{ErrorCode::Capacity,
                     path_ + ": less than " + std::to_string(minimumFree_ >> 20U) +
                         " MB of disk space are left, so recording stops; free some space",
                     {}};
    }

    Status write(std::span<const std::uint8_t> bytes) override { return writeAll(descriptor_, bytes, path_); }

    Status onFragment() override {
        const MonotonicTime now = clock_.now();
        if (now - syncedAt_ >= kSyncInterval) {
            syncedAt_ = now;
            if (::fdatasync(descriptor_) != 0) return diskError(path_, errno);
        }
        return checkSpace();
    }

    Status close() override {
        const bool synced = ::fdatasync(descriptor_) == 0;
        const int code = errno;
        ::close(std::exchange(descriptor_, -1));
        if (!synced) return diskError(path_, code);
        return kOk;
    }

private:
    std::string path_;
    int descriptor_;
    std::uint64_t minimumFree_;
    SteadyClock clock_;
    MonotonicTime syncedAt_{};
};

}  // namespace

Error diskError(const std::string& path, int code) {
    const std::string text = path + ": " + std::strerror(code);
    switch (code) {
        case ENOENT:
        case ENOTDIR: return notFound(text);
        case EEXIST: return conflict(text);
        case ENOSPC:
        case EDQUOT: return {ErrorCode::Capacity, text, {}};
        default: return {ErrorCode::Device, text, {}};
    }
}

Status writeAll(int descriptor, std::span<const std::uint8_t> bytes, const std::string& path) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return diskError(path, errno);
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return kOk;
}

Status noteTimeline(const std::string& folder, const std::string& file, Duration at, MediaTime meeting) {
    const auto microseconds = [](Duration time) { return std::to_string(time / std::chrono::microseconds(1)); };
    std::ofstream timeline(folder + "/" + kTimelineFile, std::ios::app);
    timeline << R"({"file":")" << file << R"(","at_us":)" << microseconds(at) << R"(,"meeting_us":)"
             << microseconds(meeting.time_since_epoch()) << "}\n";
    if (!timeline.flush()) return Error{ErrorCode::Device, "the timeline of a recording cannot be written", {}};
    return kOk;
}

Result<std::unique_ptr<MuxTarget>> createRecordingFile(const std::string& path, std::uint64_t minimumFree) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (descriptor < 0) return diskError(path, errno);
    auto file = std::make_unique<RecordingFile>(path, descriptor, minimumFree);
    if (const Status space = file->checkSpace(); !space) {
        ::unlink(path.c_str());
        return space.error();
    }
    return std::unique_ptr<MuxTarget>(std::move(file));
}

MuxSpec recordingContainer(bool isMatroska) {
    MuxSpec mux;
    if (isMatroska) {
        mux.format = "matroska";
        mux.options = {{"live", "1"}};  // no gaps to be filled in later: the file is rewritten when it is complete
    } else {
        // Fragments are cut by hand; as discontinuous ones without edit list and shift, each track begins at its own
        // time.
        mux.options = {{"movflags", "frag_custom+empty_moov+default_base_moof+frag_discont"},
                       {"use_editlist", "0"},
                       {"avoid_negative_ts", "disabled"}};
    }
    return mux;
}

}  // namespace tessera
