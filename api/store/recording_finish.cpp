#include "api/store/recording_finish.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "mcu/base/log.h"

#include "api/auth/digest.h"
#include "api/json.h"
#include "api/store/finished_files.h"
#include "api/store/isolated_recording.h"
#include "api/store/recording_cues.h"
#include "api/store/recording_files.h"
#include "api/store/recording_journal.h"
#include "api/store/recording_score.h"
#include "api/timestamp.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPoster = "poster.jpg";
constexpr const char* kManifest = "manifest.json";

/// Names of the media files, in the order in which they were written.
std::vector<std::string> mediaFiles(const std::string& folder) {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        const auto name = entry.path().filename().string();
        if (isSafeFileName(name) && isMediaFile(name) && entry.is_regular_file(error)) names.push_back(name);
    }
    // Numbers of any length.
    std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
        return std::pair(a.size(), std::string_view(a)) < std::pair(b.size(), std::string_view(b));
    });
    return names;
}

std::string kindOf(const std::string& name) {
    return name.substr(name.rfind('.') + 1);
}

/// Size and digest. @return false when it could not be read
bool measure(const std::string& folder, RecordingFile& file, const std::atomic<bool>& stopping) {
    const auto path = folder + "/" + file.name;
    std::error_code error;
    file.bytes = static_cast<std::int64_t>(fs::file_size(path, error));
    const auto hash = sha256HexOfFile(path, &stopping);
    if (!hash || error) return false;
    file.sha256 = *hash;
    return true;
}

Json describe(const RecordingFile& file, const MediaWork::Facts* facts) {
    Json json = {{"name", file.name}, {"kind", file.kind}, {"bytes", file.bytes}, {"sha256", file.sha256}};
    if (facts == nullptr) return json;
    json["duration_ms"] = facts->durationMs;
    if (!facts->videoCodec.empty()) {
        json["video"] = {{"codec", facts->videoCodec}, {"width", facts->width}, {"height", facts->height}};
    }
    if (!facts->audioCodec.empty()) json["audio"] = {{"codec", facts->audioCodec}};
    return json;
}

/// Writes a file that is there whole or not at all.
Status writeWhole(const std::string& folder, const std::string& name, const std::string& text) {
    const auto part = folder + "/.part";
    std::error_code error;
    {
        std::ofstream file(part, std::ios::binary | std::ios::trunc);
        file << text;
        if (!file.flush()) return internalError(name + " of a recording cannot be written");
    }
    fs::rename(part, folder + "/" + name, error);
    if (error) return internalError(name + " of a recording cannot be written: " + error.message());
    return kOk;
}

class Finish {
public:
    Finish(RecordingRecord& record, const std::string& folder, const MediaWork& work, const std::atomic<bool>& stopping)
        : record_(record), folder_(folder), work_(work), stopping_(stopping) {
        const bool isIsolated = !record.files.empty() && record.files.front().kind == kScoreKind;
        if (isIsolated) isolated_.emplace(folder);
    }

    void run() {
        record_.files.clear();
        for (const auto& name : mediaFiles(folder_)) addMedia(name);
        if (stopping_) return;
        if (record_.files.empty()) return fail("the file holds no media");
        std::int64_t playedMs = 0;
        for (const auto& file : record_.files) playedMs += file.durationMs;
        if (isolated_) playedMs = isolated_->durationMs();
        if (playedMs > 0) record_.durationMs = playedMs;
        addPoster();
        addLists();
        record_.files.insert(record_.files.end(), captions_.begin(), captions_.end());
        addManifest();
        if (record_.error.empty()) record_.state = RecordingState::Ready;
    }

    /// One file, and what is known of it.
    std::vector<RecordingFile> runOne(const std::string& name) {
        addMedia(name);
        if (stopping_) return {};
        for (const auto& description : described_) {
            const Status noted = FinishedFiles::add(folder_, description);
            if (!noted) log(LogLevel::Warning, "recording", noted.error().message, {{"file", name}});
        }
        record_.files.insert(record_.files.end(), captions_.begin(), captions_.end());
        return record_.files;
    }

private:
    void fail(const std::string& why) {
        if (record_.error.empty()) record_.error = why;
    }

    static std::string captionsNameOf(const std::string& media) { return media.substr(0, media.rfind('.')) + ".vtt"; }

    /// What was finished while the recording went on. @return false: it was not
    bool addFinished(const std::string& name) {
        const Json* known = finished_.find(name);
        if (known == nullptr) return false;
        record_.files.push_back(toRecordingFile(*known));
        described_.push_back(*known);
        const Json* captions = finished_.find(captionsNameOf(name));
        if (captions == nullptr) return true;
        captions_.push_back(toRecordingFile(*captions));
        described_.push_back(*captions);
        return true;
    }

    void addMedia(const std::string& name) {
        if (addFinished(name)) return;
        const auto path = folder_ + "/" + name;
        if (stopping_ || (kindOf(name) == "mp4" && !holdsMedia(path))) return;
        const auto timeline = readTimeline(folder_, name);
        MediaWork::Facts facts;
        if (work_.finish) facts = work_.finish(path, chaptersIn(path, timeline), stopping_);
        if (work_.finish && facts.durationMs <= 0) return;
        RecordingFile file{.name = name, .kind = kindOf(name), .durationMs = facts.durationMs};
        if (!measure(folder_, file, stopping_)) return fail(name + " cannot be read");
        described_.push_back(describe(file, work_.finish ? &facts : nullptr));
        if (isolated_) {
            isolated_->add(name, facts, described_.back());
            file.durationMs -= facts.beginsMs;
        } else {
            described_.back()["timeline"] = timeline;
            file.beginsAtMs = beginOf(timeline);
            addCaptions(name, captionsOf(events_, timeline, facts.durationMs));
        }
        record_.files.push_back(std::move(file));
    }

    std::vector<MediaChapter> chaptersIn(const std::string& path, const Json& timeline) const {
        const auto isChapter = [](const Json& event) { return event.value("type", Json()) == "chapter.added"; };
        if (!work_.duration || std::none_of(events_.begin(), events_.end(), isChapter)) return {};
        return chaptersOf(events_, timeline, work_.duration(path));
    }

    void addCaptions(const std::string& media, const std::vector<WebVttCue>& captions) {
        if (captions.empty()) return;
        RecordingFile file{.name = captionsNameOf(media), .kind = "captions"};
        if (!writeWhole(folder_, file.name, toWebVtt(captions)) || !measure(folder_, file, stopping_)) return;
        described_.push_back(describe(file, nullptr));
        captions_.push_back(std::move(file));
    }

    /// A recording without pictures has none.
    void addPoster() {
        const auto makes = [this](const RecordingFile& file) {
            return work_.poster(folder_ + "/" + file.name, folder_ + "/" + kPoster).ok();
        };
        if (!work_.poster || std::none_of(record_.files.begin(), record_.files.end(), makes)) return;
        add({.name = kPoster, .kind = "poster"});
    }

    void addLists() {
        if (!isolated_) return;
        add({.name = kScoreFile, .kind = kScoreKind});
        for (const auto& [name, text] : isolated_->lists(record_.meeting.toString())) {
            if (const Status written = writeWhole(folder_, name, text); !written) {
                log(LogLevel::Warning, "recording", written.error().message);
                continue;
            }
            add({.name = name, .kind = kindOf(name) == "otio" ? "otio" : "cut_list"});
        }
    }

    void add(RecordingFile file) {
        if (!measure(folder_, file, stopping_)) return;
        described_.push_back(describe(file, nullptr));
        record_.files.push_back(std::move(file));
    }

    void addManifest() {
        Json manifest = {{"recording", record_.id.toString()},
                         {"meeting", record_.meeting.toString()},
                         {"started_at", toTimestamp(record_.startedAtMs)},
                         {"finished_at", toTimestamp(record_.finishedAtMs)},
                         {"duration_ms", record_.durationMs},
                         {"files", described_},
                         {"events", events_}};
        if (isolated_) {
            manifest["origin_us"] = isolated_->originUs();
            manifest["playout_delay_ms"] = isolated_->playoutDelayMs();
        }
        const auto render = Json::parse(record_.render, nullptr, false);
        if (render.is_object()) manifest["render"] = render;
        const Status written = writeWhole(folder_, kManifest, manifest.dump(2) + "\n");
        if (!written) {
            log(LogLevel::Warning, "recording", written.error().message, {{"recording", record_.id.toString()}});
            return;
        }
        RecordingFile file{.name = kManifest, .kind = "manifest"};
        if (measure(folder_, file, stopping_)) record_.files.push_back(std::move(file));
    }

    RecordingRecord& record_;
    const std::string& folder_;
    const MediaWork& work_;
    const std::atomic<bool>& stopping_;
    std::optional<IsolatedRecording> isolated_;
    const Json events_ = readJournal(folder_);
    const FinishedFiles finished_{folder_};
    std::vector<RecordingFile> captions_;
    Json described_ = Json::array();
};

}  // namespace

RecordingRecord finishRecordingFiles(RecordingRecord record, const std::string& folder, const MediaWork& work,
                                     const std::atomic<bool>& stopping) {
    record.state = RecordingState::Failed;
    Finish(record, folder, work, stopping).run();
    return record;
}

std::vector<RecordingFile> finishSegment(const std::string& folder, const std::string& name, const MediaWork& work,
                                         const std::atomic<bool>& stopping) {
    RecordingRecord record{.files = {}};
    return Finish(record, folder, work, stopping).runOne(name);
}

}  // namespace tessera
