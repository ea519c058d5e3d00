#include "pipelines/outputs/recording_output.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "mcu/base/time.h"

#include "pipelines/outputs/mux_output.h"

namespace tessera {
namespace {

/// What a power cut may lose beside the open fragment: often enough to matter, seldom enough not to load the disk.
constexpr Duration kSyncInterval = std::chrono::seconds(2);

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

    Status write(std::span<const std::uint8_t> bytes) override {
        while (!bytes.empty()) {
            const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) return diskError(path_, errno);
            bytes = bytes.subspan(static_cast<std::size_t>(written));
        }
        return kOk;
    }

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

OutputTraits recordingTraits(const Params& params) {
    if (params.text("container") == "mkv") return {VideoCodec::H264, {AudioCodec::Opus, 64}};
    return {VideoCodec::H264, {AudioCodec::Aac, 128}};
}

Status checkRecording(const OutputSpec& spec) {
    if (spec.params.text("container") == "mkv" || !spec.video || spec.video->codec == VideoCodec::H264) return kOk;
    return unsupported("an MP4 recording holds h264; take the container mkv", "video.codec");
}

std::string recordingFileName(const Params& params) {
    return "recording." + params.text("container");
}

Result<std::unique_ptr<Output>> createRecordingOutput(const OutputRequest& request, std::uint64_t minimumFree) {
    const ParamValue* container = request.params.find("container");
    const bool isMatroska = container != nullptr && *container == ParamValue(std::string("mkv"));
    if (!request.video && !request.audio) return invalidArgument("a recording needs video or audio", "video");
    if (!isMatroska && request.video && request.video->codec != VideoCodec::H264) {
        return invalidArgument("an MP4 recording holds H.264 video", "codec");
    }
    if (!isMatroska && request.audio && request.audio->codec != AudioCodec::Aac) {
        return invalidArgument("an MP4 recording holds AAC audio", "codec");
    }
    const int descriptor = ::open(request.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (descriptor < 0) return diskError(request.path, errno);
    auto file = std::make_unique<RecordingFile>(request.path, descriptor, minimumFree);
    if (const Status space = file->checkSpace(); !space) {
        ::unlink(request.path.c_str());
        return space.error();
    }
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
    mux.video = request.video;
    mux.audio = request.audio;
    return createMuxOutput(std::move(mux), std::move(file));
}

}  // namespace tessera
