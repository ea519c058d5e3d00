#include "pipelines/outputs/recording_output.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "mcu/base/log.h"

#include "pipelines/outputs/disk_output.h"
#include "pipelines/outputs/packet_output.h"
#include "pipelines/outputs/recording_file.h"

namespace tessera {
namespace {

/// Longer than a disk's usual stall, since a recording had better be late than incomplete.
constexpr PacketQueue::Limits kQueueLimits{std::chrono::seconds(8), 64U << 20U};

constexpr const char* kTooSlow = "the disk is too slow: parts of the recording are missing";

class RecordingOutput final : public PacketOutput {
public:
    RecordingOutput(MuxSpec spec, SegmentLimits limits, RecordingFiles files)
        : PacketOutput(kQueueLimits),
          spec_(std::move(spec)),
          writer_(spec_, limits,
                  {.open = std::move(files.open),
                   .onAnchor = std::move(files.onAnchor),
                   .requestKeyframe = [this] { requestKeyframe(); },
                   .onClosed = std::move(files.onClosed)},
                  bytes_) {}
    ~RecordingOutput() override {
        stop();
        thread_.join();
    }

    /// Once. @error as RecordingFiles::open; timeout: the disk does not answer
    Status start() {
        thread_ = Thread("recording", [this] { run(); });
        return disk_.awaitBegin();
    }
    const DiskThread& disk() const { return disk_; }

    void stop() override {
        queue_.close();
        if (disk_.awaitEnd()) return;
        Lock lock(mutex_);
        stats_.state = OutputState::Failed;
        stats_.lastError = kDiskNoAnswer;
    }

    OutputStats stats() const override {
        OutputStats stats = PacketOutput::stats();
        const bool isOver = stats.state == OutputState::Failed || stats.state == OutputState::Stopped;
        if (isOver || !disk_.watch.isHung()) return stats;
        stats.state = OutputState::Retrying;
        stats.lastError = kDiskNoAnswer;
        return stats;
    }

    Status setPaused(bool paused) override {
        {
            Lock lock(mutex_);
            const bool isOver = stats_.state == OutputState::Failed || stats_.state == OutputState::Stopped;
            if (isOver) return conflict("the recording has ended");
            if (isPaused_ == paused) return kOk;
            isPaused_ = paused;
            const auto running = stats_.beginsAt ? OutputState::Live : OutputState::Connecting;
            stats_.state = paused ? OutputState::Paused : running;
        }
        if (!paused) requestKeyframe();
        return kOk;
    }

private:
    void run() {
        Status result = open();
        disk_.began(result);
        if (result) {
            result = writeAll();
            queue_.close();
            const DiskWatch::Operation operation(disk_.watch);
            const Status finished = writer_.finish();
            end(result ? finished : result, "recording");
        }
        disk_.ended();
    }

    Status open() {
        const DiskWatch::Operation operation(disk_.watch);
        return writer_.open();
    }

    Status writeAll() {
        while (true) {
            const PacketPtr packet = queue_.take(spec_.fragment);
            if (packet ? disk_.drainExpired() : queue_.isClosed()) return kOk;
            const DiskWatch::Operation operation(disk_.watch);
            TESSERA_TRY(packet ? followPause() : writer_.flush());
            if (packet) TESSERA_TRY(write(packet));
        }
    }

    Status followPause() {
        bool isPaused = false;
        {
            Lock lock(mutex_);
            isPaused = isPaused_;
        }
        if (std::exchange(isWriterPaused_, isPaused) == isPaused) return kOk;
        if (isPaused) return writer_.pause();
        writer_.resume();
        return kOk;
    }

    Status write(const PacketPtr& packet) {
        const auto before = writer_.duration();
        TESSERA_TRY(writer_.write(packet));
        Lock lock(mutex_);
        stats_.duration = writer_.duration();
        stats_.files = writer_.files();
        if (stats_.duration == before || isPaused_) return kOk;
        stats_.beginsAt = writer_.begin();
        stats_.state = OutputState::Live;
        noteSlowness();
        return kOk;
    }

    void noteSlowness() REQUIRES(mutex_) {
        const std::uint64_t dropped = queue_.dropped();
        if (!droppedBefore_) droppedBefore_ = dropped;  // what came before the first keyframe
        if (dropped == std::exchange(*droppedBefore_, dropped)) return;
        if (stats_.lastError.empty()) log(LogLevel::Warning, "output", kTooSlow);
        stats_.lastError = kTooSlow;
    }

    // Owned
    const MuxSpec spec_;
    DiskThread disk_;
    // Owned by the thread
    RecordingWriter writer_;
    bool isWriterPaused_ = false;
    // State
    std::optional<std::uint64_t> droppedBefore_ GUARDED_BY(mutex_);
    bool isPaused_ GUARDED_BY(mutex_) = false;
    Thread thread_;
};

/// Files beside the first one, and what is known of their times in `timeline.jsonl` beside them.
RecordingFiles recordingFiles(const OutputRequest& request, const FileListener& onFile) {
    const std::filesystem::path first(request.path);
    const auto nameOf = [first, params = request.params](int number) {
        return number == 1 ? first.filename().string() : recordingFileName(params, number);
    };
    const auto folder = first.parent_path();
    std::function<void(int)> onClosed;
    if (onFile) onClosed = [folder, nameOf, onFile](int number) { onFile((folder / nameOf(number)).string()); };
    return {.open = [folder, nameOf, minimumFree = request.minimumFree](
                        int number) { return createRecordingFile((folder / nameOf(number)).string(), minimumFree); },
            .onAnchor =
                [folder, nameOf](int number, const MuxSession::Anchor& anchor) {
                    const Status noted = noteTimeline(folder.string(), nameOf(number), anchor.position, anchor.meeting);
                    if (!noted) log(LogLevel::Warning, "output", noted.error().message);
                },
            .requestKeyframe = {},
            .onClosed = std::move(onClosed)};
}

}  // namespace

OutputTraits recordingTraits(const Params& params) {
    if (params.text("container") == "mkv") return {VideoCodec::H264, {AudioCodec::Opus, 64}};
    return {VideoCodec::H264, {AudioCodec::Aac, 128}};
}

Status checkRecording(const OutputSpec& spec) {
    if (spec.params.text("container") == "mkv" || !spec.video || spec.video->codec == VideoCodec::H264) return kOk;
    return unsupported("an MP4 recording holds h264; take the container mkv", "video.codec");
}

std::string recordingFileName(const Params& params, int number) {
    const std::string ending = "." + params.text("container");
    if (params.integer("segment_s") == 0 && params.integer("segment_mb") == 0) return "recording" + ending;
    const std::string digits = std::to_string(number);
    return "recording-" + std::string(4 - std::min<std::size_t>(4, digits.size()), '0') + digits + ending;
}

Result<std::unique_ptr<Output>> createRecordingOutput(MuxSpec spec, SegmentLimits limits, RecordingFiles files) {
    auto recording = std::make_unique<RecordingOutput>(std::move(spec), limits, std::move(files));
    const Status started = recording->start();
    const DiskThread& disk = recording->disk();
    std::unique_ptr<Output> output = std::make_unique<DiskOutput>(std::move(recording), disk);
    if (!started) return started.error();
    return output;
}

Result<std::unique_ptr<Output>> createRecordingOutput(const OutputRequest& request, const FileListener& onFile) {
    const ParamValue* container = request.params.find("container");
    const bool isMatroska = container != nullptr && *container == ParamValue(std::string("mkv"));
    if (!request.video && !request.audio) return invalidArgument("a recording needs video or audio", "video");
    if (!isMatroska && request.video && request.video->codec != VideoCodec::H264) {
        return invalidArgument("an MP4 recording holds H.264 video", "codec");
    }
    if (!isMatroska && request.audio && request.audio->codec != AudioCodec::Aac) {
        return invalidArgument("an MP4 recording holds AAC audio", "codec");
    }
    MuxSpec mux = recordingContainer(isMatroska);
    mux.video = request.video;
    mux.audio = request.audio;
    const auto limitOf = [&request](std::string_view name) {
        const ParamValue* value = request.params.find(name);
        return value == nullptr ? 0 : std::get<std::int64_t>(*value);
    };
    const SegmentLimits limits{std::chrono::seconds(limitOf("segment_s")),
                               static_cast<std::uint64_t>(limitOf("segment_mb")) << 20U};
    return createRecordingOutput(std::move(mux), limits,
                                 recordingFiles(request, limits.areSet() ? onFile : FileListener()));
}

}  // namespace tessera
