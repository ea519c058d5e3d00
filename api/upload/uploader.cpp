#include "api/upload/uploader.h"

#include <algorithm>

#include "mcu/base/log.h"

#include "api/store/recording_files.h"

namespace tessera {
namespace {

constexpr Duration kFirstPause = std::chrono::minutes(1);
constexpr Duration kLongestPause = std::chrono::minutes(30);

std::string contentTypeOf(std::string_view name) {
    if (name.ends_with(".mp4")) return "video/mp4";
    if (name.ends_with(".mkv")) return "video/x-matroska";
    if (name.ends_with(".jpg")) return "image/jpeg";
    if (name.ends_with(".json") || name.ends_with(".otio")) return "application/json";
    return "application/octet-stream";
}

Duration pauseAfter(int attempts) {
    return std::min<Duration>(kFirstPause * (1LL << std::min(attempts - 1, 10)), kLongestPause);
}

bool isOver(const RecordingRecord& recording) {
    return recording.state == RecordingState::Ready || recording.state == RecordingState::Failed;
}

/// Sent already, and not made anew since, as a crash can bring about.
bool isSent(const FileProgress& progress, const RecordingFile& file) {
    return progress.isDone && (progress.sha256.empty() || progress.sha256 == file.sha256);
}

bool isWhole(const RecordingRecord& recording, const UploadProgress& progress) {
    return std::all_of(recording.files.begin(), recording.files.end(), [&](const RecordingFile& file) {
        const auto found = progress.find(file.name);
        return found != progress.end() && found->second.isDone && found->second.isVerified;
    });
}

}  // namespace

Result<std::unique_ptr<Uploader>> Uploader::create(Store& store, EventLog& log, UploadOptions options) {
    std::unique_ptr<Uploader> uploader(new Uploader(store, log, std::move(options)));
    const auto waiting = store.waitingUploads();
    if (!waiting) return waiting.error();
    {
        Lock lock(uploader->mutex_);
        for (const auto& each : *waiting) uploader->jobs_.push_back({each.recording, each.target, 0, {}});
    }
    uploader->thread_ = Thread("upload", [self = uploader.get()] { self->run(); });
    return uploader;
}

void Uploader::add(const RecordingRecord& recording) {
    for (const auto& target : options_.targets) {
        UploadRecord upload;
        upload.recording = recording.id;
        upload.target = target.name;
        upload.createdAtMs = wallClockMs();
        store_.addUpload(upload);
        putBack({recording.id, target.name, 0, {}});
    }
}

void Uploader::goOn(const RecordingRecord& recording) {
    for (const auto& target : options_.targets) putBack({recording.id, target.name, 0, {}});
}

void Uploader::run() {
    while (auto job = take()) work(std::move(*job));
}

std::optional<Uploader::Job> Uploader::take() {
    Lock lock(mutex_);
    while (!stopping_) {
        const auto first =
            std::min_element(jobs_.begin(), jobs_.end(), [](const Job& a, const Job& b) { return a.due < b.due; });
        const auto now = clock_.now();
        if (first != jobs_.end() && first->due <= now) {
            Job job = std::move(*first);
            jobs_.erase(first);
            return job;
        }
        const Duration idle = first == jobs_.end() ? Duration(std::chrono::hours(1)) : first->due - now;
        wake_.waitFor(mutex_, idle, [this, seen = added_] { return stopping_ || added_ != seen; });
    }
    return std::nullopt;
}

void Uploader::putBack(Job job) {
    Lock lock(mutex_);
    std::erase_if(jobs_, [&job](const Job& each) {
        return each.recording == job.recording && each.target == job.target && each.due >= job.due;
    });
    jobs_.push_back(std::move(job));
    ++added_;
    wake_.notifyAll();
}

bool Uploader::pause(Duration time) {
    Lock lock(mutex_);
    wake_.waitFor(mutex_, time, [this] { return stopping_.load(); });
    return !stopping_;
}

const UploadTarget* Uploader::find(const std::string& name) const {
    const auto found = std::find_if(options_.targets.begin(), options_.targets.end(),
                                    [&name](const UploadTarget& each) { return each.name == name; });
    return found == options_.targets.end() ? nullptr : &*found;
}

void Uploader::work(Job job) {
    const auto recording = store_.recording(job.recording);
    auto upload = store_.upload(job.recording, job.target);
    for (const auto& error :
         {recording ? Status(kOk) : Status(recording.error()), upload ? Status(kOk) : Status(upload.error())}) {
        if (error) continue;
        if (error.error().code == ErrorCode::NotFound) return;  // it was deleted meanwhile
        job.due = clock_.now() + kFirstPause;
        return putBack(std::move(job));
    }
    const auto* target = find(job.target);
    const auto sent = target == nullptr ? Status(notFound("the configuration does not name the target any more"))
                                        : send(*recording, *upload, *target);
    if (stopping_) return;
    settle(std::move(job), *recording, std::move(*upload), sent);
}

Status Uploader::send(const RecordingRecord& recording, UploadRecord& upload, const UploadTarget& target) {
    auto progress = progressFromText(upload.progress);
    UploadContext context{.partBytes = options_.partBytes,
                          .mustVerify = options_.deleteLocal,
                          .stopping = stopping_,
                          .save = {},
                          .pause = [this](Duration time) { return pause(time); }};
    context.save = [&] {
        upload.progress = toText(toJson(progress));
        const auto kept = store_.saveUpload(upload);
        if (!kept) log(LogLevel::Warning, "upload", kept.error().message, {{"recording", recording.id.toString()}});
    };
    context.onRetry = [&](const Error& error) {
        upload.error = error.message;
        context.save();
        log(LogLevel::Warning, "upload", "a request failed and is made again",
            {{"recording", recording.id.toString()}, {"target", target.name}, {"reason", error.message}});
    };
    const auto folder = store_.folderOf(recording.id);
    for (const auto& entry : recording.files) {
        if (entry.sha256.empty()) continue;  // it is being written
        auto& state = progress[entry.name];
        if (isSent(state, entry)) continue;
        if (state.isDone) state = {};
        auto file = UploadFile::open(folder + "/" + entry.name);
        if (!file) return file.error();
        const UploadItem item{target.urlOf(recording.meeting.toString(), recording.id.toString(), entry.name),
                              contentTypeOf(entry.name), entry.sha256};
        const auto sent = uploadFile(target, item, *file, state, context);
        const bool isOver = !sent && !mayWorkLater(sent.error()) && !stopping_;
        if (isOver && !state.uploadId.empty()) abandonS3(target, item.url, state.uploadId, context);
        if (!sent) return sent;
        state.sha256 = entry.sha256;
        context.save();
    }
    return kOk;
}

void Uploader::settle(Job job, const RecordingRecord& recording, UploadRecord upload, const Status& sent) {
    upload.error = sent ? std::string() : sent.error().message;
    const bool triesAgain = !sent && mayWorkLater(sent.error()) && ++job.attempts < kAttempts;
    const bool isLast = isOver(recording);
    if (!triesAgain && isLast) {
        upload.state = sent ? UploadState::Done : UploadState::Failed;
        upload.finishedAtMs = wallClockMs();
    }
    const auto kept = store_.saveUpload(upload);
    if (triesAgain || !kept) {
        job.due = clock_.now() + pauseAfter(std::max(job.attempts, 1));
        return putBack(std::move(job));
    }
    if (!isLast) return;  // its next file, or its end, goes on
    log(sent ? LogLevel::Info : LogLevel::Error, "upload", sent ? "a recording was uploaded" : "an upload failed",
        {{"recording", recording.id.toString()}, {"target", upload.target}, {"reason", upload.error}});
    tell(recording, upload);
    if (sent && options_.deleteLocal && recording.state == RecordingState::Ready) removeLocal(recording);
}

void Uploader::tell(const RecordingRecord& recording, const UploadRecord& upload) {
    const bool isDone = upload.state == UploadState::Done;
    std::int64_t bytes = 0;
    for (const auto& file : recording.files) bytes += file.bytes;
    Json data = {{"recording", recording.id.toString()},
                 {"state", toString(recording.state)},
                 {"stage", "upload"},
                 {"target", upload.target}};
    if (isDone) data.update({{"files", recording.files.size()}, {"bytes", bytes}});
    if (isDone) data["verified"] = isWhole(recording, progressFromText(upload.progress));
    if (!isDone) data["error"] = upload.error;
    log_.publish({.type = isDone ? "recording.uploaded" : "recording.failed",
                  .meeting = recording.meeting.toString(),
                  .actor = {},
                  .data = std::move(data)});
}

/// Only when every target of the configuration holds every file, and was seen to.
void Uploader::removeLocal(const RecordingRecord& recording) {
    for (const auto& target : options_.targets) {
        const auto upload = store_.upload(recording.id, target.name);
        if (!upload || upload->state != UploadState::Done) return;
        if (!isWhole(recording, progressFromText(upload->progress))) {
            return log(LogLevel::Warning, "upload", "local files stay: the target could not be verified",
                       {{"recording", recording.id.toString()}, {"target", target.name}});
        }
    }
    const auto removed = store_.removeLocalFiles(recording.id);
    if (!removed) log(LogLevel::Warning, "upload", removed.error().message, {{"recording", recording.id.toString()}});
}

void Uploader::stop() {
    {
        Lock lock(mutex_);
        if (stopping_.exchange(true)) return;
        wake_.notifyAll();
    }
    thread_.join();
}

}  // namespace tessera
