#include "pipelines/outputs/recording_output.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "mcu/base/log.h"

#include "pipelines/outputs/packet_output.h"
#include "pipelines/outputs/recording_file.h"

namespace tessera {
namespace {

/// Longer than a disk's usual stall, since a recording had better be late than incomplete.
constexpr PacketQueue::Limits kQueueLimits{std::chrono::seconds(8), 64U << 20U};
/// What is still queued is written for this long after `stop`; the trailer must fit into the rest of five seconds.
constexpr Duration kDrainTime = std::chrono::seconds(3);
constexpr Duration kStopTime = std::chrono::milliseconds(4800);

constexpr const char* kTooSlow = "the disk is too slow: parts of the recording are missing";

class RecordingOutput final : public PacketOutput {
public:
    RecordingOutput(MuxSpec spec, SegmentLimits limits, RecordingFiles files)
        : PacketOutput(kQueueLimits),
          spec_(std::move(spec)),
          writer_(spec_, limits,
                  {.open = std::move(files.open),
                   .onAnchor = std::move(files.onAnchor),
                   .requestKeyframe = [this] { requestKeyframe(); }},
                  bytes_) {}
    ~RecordingOutput() override {
        stop();
        thread_.join();
    }

    /// @error as RecordingFiles::open
    Status start() {
        TESSERA_TRY(writer_.open());
        {
            Lock lock(mutex_);
            hasEnded_ = false;
        }
        thread_ = Thread("recording", [this] { run(); });
        return kOk;
    }

    /// A disk that does not answer is not waited for: then the thread ends with the output.
    void stop() override {
        queue_.close();
        Lock lock(mutex_);
        if (!drainUntil_) drainUntil_ = clock_.now() + kDrainTime;
        if (wake_.waitFor(mutex_, kStopTime, [this] { return hasEnded_; })) return;
        stats_.state = OutputState::Failed;
        stats_.lastError = "the disk does not answer";
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
        Status result = kOk;
        while (result) {
            const PacketPtr packet = queue_.take(spec_.fragment);
            if (packet && drainExpired()) break;
            if (packet) {
                result = followPause();
                if (result) result = write(packet);
            } else if (queue_.isClosed()) {
                break;
            } else {
                result = writer_.flush();
            }
        }
        queue_.close();
        const Status finished = writer_.finish();
        end(result ? finished : result, "recording");
        Lock lock(mutex_);
        hasEnded_ = true;
        wake_.notifyAll();
    }

    bool drainExpired() const {
        Lock lock(mutex_);
        return drainUntil_ && clock_.now() > *drainUntil_;
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
    SteadyClock clock_;
    // Owned by the thread
    RecordingWriter writer_;
    bool isWriterPaused_ = false;
    // State
    std::optional<std::uint64_t> droppedBefore_ GUARDED_BY(mutex_);
    CondVar wake_;
    std::optional<MonotonicTime> drainUntil_ GUARDED_BY(mutex_);
    bool hasEnded_ GUARDED_BY(mutex_) = true;  ///< or has not begun
    bool isPaused_ GUARDED_BY(mutex_) = false;
    Thread thread_;
};

/// Files beside the first one, and what is known of their times in `timeline.jsonl` beside them.
RecordingFiles recordingFiles(const OutputRequest& request) {
    const std::filesystem::path first(request.path);
    const auto nameOf = [first, params = request.params](int number) {
        return number == 1 ? first.filename().string() : recordingFileName(params, number);
    };
    const auto folder = first.parent_path();
    return {.open = [folder, nameOf, minimumFree = request.minimumFree](
                        int number) { return createRecordingFile((folder / nameOf(number)).string(), minimumFree); },
            .onAnchor =
                [folder, nameOf](int number, const MuxSession::Anchor& anchor) {
                    const Status noted = noteTimeline(folder.string(), nameOf(number), anchor.position, anchor.meeting);
                    if (!noted) log(LogLevel::Warning, "output", noted.error().message);
                }};
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
    auto output = std::make_unique<RecordingOutput>(std::move(spec), limits, std::move(files));
    TESSERA_TRY(output->start());
    return std::unique_ptr<Output>(std::move(output));
}

Result<std::unique_ptr<Output>> createRecordingOutput(const OutputRequest& request) {
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
    return createRecordingOutput(std::move(mux), limits, recordingFiles(request));
}

}  // namespace tessera
