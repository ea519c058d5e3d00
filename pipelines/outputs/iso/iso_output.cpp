#include "pipelines/outputs/iso/iso_output.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "mcu/base/log.h"

#include "pipelines/outputs/disk_output.h"
#include "pipelines/outputs/iso/iso_queue.h"
#include "pipelines/outputs/iso/iso_track.h"

namespace tessera {
namespace {

/// How long the first media wait for what belongs before them: the earliest is the origin.
constexpr Duration kSettle = std::chrono::milliseconds(300);
constexpr Duration kPatience = std::chrono::milliseconds(100);
/// Most of what is written that a killed process may lose.
constexpr Duration kFlushInterval = std::chrono::milliseconds(400);
/// Between two requests for keyframes, which go to all sources.
constexpr Duration kAskInterval = std::chrono::seconds(1);

constexpr const char* kTooSlow = "the disk is too slow: parts of the recording are missing";

class IsoOutput final : public Output {
public:
    IsoOutput(std::string folder, std::uint64_t minimumFree, bool hasAudio)
        : hasAudio_(hasAudio), folder_(std::move(folder), minimumFree), thread_("iso", [this] { run(); }) {}
    ~IsoOutput() override {
        stop();
        thread_.join();
    }

    /// Once, before everything else. @error as IsoFolder::check; timeout: the disk does not answer
    Status awaitBegin() { return disk_.awaitBegin(); }
    const DiskThread& disk() const { return disk_; }

    void offer(PacketPtr) override {}
    void setKeyframeRequest(std::function<void()> request) override {
        Lock lock(mutex_);
        requestKeyframes_ = std::move(request);
    }
    void setSources(const std::vector<OutputSource>& sources) override;
    Status setPaused(bool paused) override;
    void stop() override;
    OutputStats stats() const override;

private:
    struct Tracks {
        Tracks(const SourceId& source, IsoFolder& folder) : video(source, folder), audio(source, folder) {}
        IsoTrack video, audio;
    };

    void run();
    void settle(std::deque<IsoItem>& items);
    Status writeAll(std::deque<IsoItem>& items);
    Status write(const IsoItem& item);
    Status flush();
    Status finish();
    void noteDropped();
    void note(const Tracks& tracks);
    void end(const Status& result);
    void record();
    Status checkFolder();
    void detachAll();
    void requestKeyframes();

    // Owned
    const bool hasAudio_;
    SteadyClock clock_;
    DiskThread disk_;
    IsoQueue queue_;
    std::vector<std::shared_ptr<IsoInput>> inputs_;  ///< attached; control only
    bool isPaused_ = false;                          ///< control only
    // Owned by the thread
    IsoFolder folder_;
    std::map<std::shared_ptr<IsoInput>, Tracks> tracks_;
    std::uint64_t droppedBefore_ = 0;  ///< by sources that have gone
    MonotonicTime flushedAt_{};
    // State
    mutable Mutex mutex_;
    OutputStats stats_ GUARDED_BY(mutex_);
    bool showsPaused_ GUARDED_BY(mutex_) = false;
    std::function<void()> requestKeyframes_ GUARDED_BY(mutex_);
    MonotonicTime askedAt_ GUARDED_BY(mutex_){};
    Thread thread_;
};

void IsoOutput::setSources(const std::vector<OutputSource>& sources) {
    if (queue_.isClosed()) return;
    const auto isGone = [&sources](const std::shared_ptr<IsoInput>& input) {
        return std::none_of(sources.begin(), sources.end(),
                            [&](const OutputSource& source) { return source.feed == input->source().feed; });
    };
    for (const auto& input : inputs_) {
        if (!isGone(input)) continue;
        input->detach();
        input->end();
    }
    std::erase_if(inputs_, isGone);
    for (const OutputSource& source : sources) {
        const bool isKnown = std::any_of(inputs_.begin(), inputs_.end(),
                                         [&](const auto& input) { return input->source().feed == source.feed; });
        if (isKnown) continue;
        const auto& input = inputs_.emplace_back(std::make_shared<IsoInput>(source, hasAudio_, queue_));
        input->setPaused(isPaused_);
        input->attach();
    }
}

Status IsoOutput::setPaused(bool paused) {
    if (std::exchange(isPaused_, paused) == paused) return kOk;
    for (const auto& input : inputs_) input->setPaused(paused);
    {
        Lock lock(mutex_);
        showsPaused_ = paused;
    }
    if (!paused) requestKeyframes();
    return kOk;
}

void IsoOutput::requestKeyframes() {
    std::function<void()> request;
    {
        Lock lock(mutex_);
        if (clock_.now() - askedAt_ < kAskInterval) return;
        askedAt_ = clock_.now();
        request = requestKeyframes_;
    }
    if (request) request();
}

void IsoOutput::detachAll() {
    for (const auto& input : std::exchange(inputs_, {})) input->detach();
}

void IsoOutput::stop() {
    detachAll();
    queue_.close();
    if (disk_.awaitEnd()) return;
    Lock lock(mutex_);
    stats_.state = OutputState::Failed;
    stats_.lastError = kDiskNoAnswer;
}

OutputStats IsoOutput::stats() const {
    Lock lock(mutex_);
    OutputStats stats = stats_;
    stats.bytes = folder_.bytes().value();
    stats.files = static_cast<int>(folder_.files().value());
    const bool isOver = stats.state == OutputState::Stopped || stats.state == OutputState::Failed;
    if (showsPaused_ && !isOver) stats.state = OutputState::Paused;
    if (isOver || !disk_.watch.isHung()) return stats;
    stats.state = OutputState::Retrying;
    stats.lastError = kDiskNoAnswer;
    return stats;
}

void IsoOutput::run() {
    const Status checked = checkFolder();
    disk_.began(checked);
    if (checked) {
        record();
    } else {
        folder_.close();
    }
    disk_.ended();
}

Status IsoOutput::checkFolder() {
    const DiskWatch::Operation operation(disk_.watch);
    return folder_.check();
}

void IsoOutput::record() {
    std::deque<IsoItem> items;
    const auto hasMedia = [&items] {
        return std::any_of(items.begin(), items.end(), [](const IsoItem& item) { return item.unit != nullptr; });
    };
    while (!hasMedia() && !queue_.isClosed()) items = queue_.take(kPatience);
    settle(items);
    Status result = writeAll(items);
    while (result) {
        items = queue_.take(kPatience);
        if (items.empty() && queue_.isClosed()) break;
        result = writeAll(items);
        if (disk_.drainExpired()) break;
        if (result && clock_.now() - flushedAt_ >= kFlushInterval) result = flush();
    }
    end(result);
}

/// The earliest of the first media is the origin of all.
void IsoOutput::settle(std::deque<IsoItem>& items) {
    const MonotonicTime until = clock_.now() + kSettle;
    while (clock_.now() < until && !queue_.isClosed()) {
        for (auto& item : queue_.take(kPatience)) items.push_back(std::move(item));
    }
    std::optional<MediaTime> origin;
    for (const IsoItem& item : items) {
        if (item.unit) origin = std::min(origin.value_or(MediaTime::max()), std::min(item.unit->dts, item.unit->pts));
    }
    if (!origin) return;
    folder_.setOrigin(std::max(*origin, MediaTime{}));
    Lock lock(mutex_);
    stats_.beginsAt = folder_.origin();
}

Status IsoOutput::writeAll(std::deque<IsoItem>& items) {
    for (const IsoItem& item : std::exchange(items, {})) {
        if (disk_.drainExpired()) return kOk;
        const DiskWatch::Operation operation(disk_.watch);
        TESSERA_TRY(write(item));
        if (item.unit) item.input->written(item.unit->bytes.size());
    }
    return kOk;
}

Status IsoOutput::write(const IsoItem& item) {
    const auto found = tracks_.try_emplace(item.input, item.input->source().id, folder_).first;
    Tracks& tracks = found->second;
    if (!item.unit) {
        TESSERA_TRY(tracks.video.finish());
        TESSERA_TRY(tracks.audio.finish());
        droppedBefore_ += tracks.video.dropped() + tracks.audio.dropped() + item.input->dropped();
        tracks_.erase(found);
        return kOk;
    }
    IsoTrack& track = item.unit->kind == MediaKind::Video ? tracks.video : tracks.audio;
    if (item.isAfterLoss) {
        CodedUnit afterLoss = *item.unit;
        afterLoss.discontinuity = true;
        TESSERA_TRY(track.write(afterLoss));
    } else {
        TESSERA_TRY(track.write(*item.unit));
    }
    const bool hasLost = item.isAfterLoss && item.unit->kind == MediaKind::Video && !item.unit->keyframe;
    if (track.takeKeyframeNeeded() || hasLost) requestKeyframes();
    note(tracks);
    return kOk;
}

void IsoOutput::note(const Tracks& tracks) {
    const MediaTime end = std::max(tracks.video.end(), tracks.audio.end());
    const std::string& fault = tracks.video.fault().empty() ? tracks.audio.fault() : tracks.video.fault();
    Lock lock(mutex_);
    if (folder_.files().value() > 0) stats_.state = OutputState::Live;
    if (end != MediaTime::min()) stats_.duration = std::max(stats_.duration, end - folder_.origin());
    if (!fault.empty()) stats_.lastError = fault;
}

Status IsoOutput::flush() {
    flushedAt_ = clock_.now();
    const DiskWatch::Operation operation(disk_.watch);
    TESSERA_TRY(folder_.check());
    for (auto& [input, tracks] : tracks_) {
        if (const auto picture = input->source().feed->video.newest()) {
            tracks.video.noteTurns(picture->orientation.quarterTurns);
        }
        TESSERA_TRY(tracks.video.flush());
        TESSERA_TRY(tracks.audio.flush());
    }
    noteDropped();
    return kOk;
}

void IsoOutput::noteDropped() {
    std::uint64_t dropped = droppedBefore_;
    bool isTooSlow = false;
    for (const auto& [input, tracks] : tracks_) {
        dropped += tracks.video.dropped() + tracks.audio.dropped() + input->dropped();
        isTooSlow = isTooSlow || input->dropped() > 0;
    }
    Lock lock(mutex_);
    stats_.packetsDropped = dropped;
    if (isTooSlow) stats_.lastError = kTooSlow;
}

/// Trailers as long as there is time: without one a file is readable, too.
Status IsoOutput::finish() {
    for (auto& [input, tracks] : tracks_) {
        for (IsoTrack* track : {&tracks.video, &tracks.audio}) {
            TESSERA_TRY(disk_.drainExpired() ? track->flush() : track->finish());
        }
    }
    return kOk;
}

void IsoOutput::end(const Status& result) {
    queue_.close();
    noteDropped();
    const DiskWatch::Operation operation(disk_.watch);
    Status ended = finish();
    if (!result) ended = result;
    tracks_.clear();
    folder_.close();
    Lock lock(mutex_);
    stats_.state = ended ? OutputState::Stopped : OutputState::Failed;
    if (ended) return;
    stats_.lastError = ended.error().message;
    log(LogLevel::Error, "output", ended.error().message);
}

}  // namespace

OutputTraits isoTraits(const Params&) {
    return {.takesSources = true};
}

Status checkIso(const OutputSpec& spec) {
    if (spec.view.isEmpty()) return kOk;
    return invalidArgument("an isolated recording holds sources and has no view", "view");
}

Result<std::unique_ptr<Output>> createIsoOutput(const OutputRequest& request) {
    auto iso = std::make_unique<IsoOutput>(request.path, request.minimumFree, request.audio.has_value());
    const Status begun = iso->awaitBegin();
    const DiskThread& disk = iso->disk();
    std::unique_ptr<Output> output = std::make_unique<DiskOutput>(std::move(iso), disk);
    if (!begun) return begun.error();
    return output;
}

}  // namespace tessera
