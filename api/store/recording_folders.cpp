#include "api/store/recording_folders.h"

#include <filesystem>

#include "mcu/base/log.h"

#include "api/store/recording_files.h"
#include "api/store/recording_journal.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

/// Events of hours.
constexpr int kMostWaiting = 10'000;

Status removeAll(const std::string& folder) {
    std::error_code error;
    fs::remove_all(folder, error);
    if (error) return internalError("the files of a recording cannot be removed: " + error.message());
    return kOk;
}

}  // namespace

Error RecordingFolders::noAnswer() {
    return {ErrorCode::Timeout, "the disk of the recordings does not answer", {}};
}

std::string RecordingFolders::pathOf(const RecordingId& id) const {
    return recordingFolder(dir_, id);
}

template <typename Function>
Status RecordingFolders::call(Function function) {
    if (watch_.isHung()) return noAnswer();
    const Status done = queue_.call(deadline_, [this, function = std::move(function)]() mutable {
        const DiskWatch::Operation operation(watch_);
        return function();
    });
    if (!done && done.error().code == ErrorCode::Timeout) return noAnswer();
    return done;
}

/// What a disk keeps waiting is bounded: beyond that it is lost, and told once.
void RecordingFolders::post(TaskQueue::Task task) {
    if (waiting_ >= kMostWaiting) {
        if (!isLosing_.exchange(true)) log(LogLevel::Error, "recording", "events are lost: " + noAnswer().message);
        return;
    }
    ++waiting_;
    afterNotes([this, task = std::move(task)] {
        task();
        --waiting_;
    });
}

void RecordingFolders::afterNotes(TaskQueue::Task then) {
    queue_.post([this, then = std::move(then)] {
        const DiskWatch::Operation operation(watch_);
        then();
    });
}

Status RecordingFolders::make(const RecordingId& id) {
    const Status made = call([folder = pathOf(id)]() -> Status {
        std::error_code error;
        fs::create_directories(folder, error);
        if (error) return internalError("the folder of a recording cannot be made: " + error.message());
        return kOk;
    });
    if (made || made.error().code != ErrorCode::Timeout) return made;
    post([folder = pathOf(id)] {  // it may be made yet
        std::error_code error;
        fs::remove(folder, error);
    });
    return made;
}

Status RecordingFolders::remove(const RecordingId& id) {
    return call([folder = pathOf(id)] { return removeAll(folder); });
}

void RecordingFolders::drop(const RecordingId& id) {
    end(id, [folder = pathOf(id)] {
        const Status removed = removeAll(folder);
        if (!removed) log(LogLevel::Warning, "recording", removed.error().message);
    });
}

void RecordingFolders::begin(const MeetingId& meeting, const RecordingId& id) {
    afterNotes([this, meeting, id] {
        beingWritten_.emplace(meeting, id);
        scores_.begin(meeting, pathOf(id));
    });
}

void RecordingFolders::end(const RecordingId& id, TaskQueue::Task then) {
    afterNotes([this, id, then = std::move(then)] {
        std::erase_if(beingWritten_, [&id](const auto& each) { return each.second == id; });
        then();
    });
}

void RecordingFolders::note(MeetingEvent event, RecordingId only) {
    post([this, event = std::move(event), only = std::move(only)] {
        if (event.type == "meeting.ended") scores_.forget(event.meeting);
        const auto [begin, end] = beingWritten_.equal_range(event.meeting);
        for (auto each = begin; each != end; ++each) {
            if (!only.isEmpty() && each->second != only) continue;
            const Status kept = appendToJournal(pathOf(each->second), event);
            if (!kept) log(LogLevel::Warning, "recording", kept.error().message, {{"type", event.type}});
        }
    });
}

std::vector<std::string> RecordingFolders::foldersOf(const MeetingId& meeting) const {
    std::vector<std::string> folders;
    const auto [begin, end] = beingWritten_.equal_range(meeting);
    for (auto each = begin; each != end; ++each) folders.push_back(pathOf(each->second));
    return folders;
}

void RecordingFolders::note(const MeetingId& meeting, MeetingScorePtr score) {
    post([this, meeting, score = std::move(score)] { scores_.note(meeting, score, foldersOf(meeting)); });
}

void RecordingFolders::note(const MeetingId& meeting, SpeakerOrder order) {
    post([this, meeting, order = std::move(order)] { scores_.note(meeting, order, foldersOf(meeting)); });
}

Status RecordingFolders::flush(Duration deadline) {
    if (watch_.isHung()) return noAnswer();
    return queue_.call(deadline, []() -> Status { return kOk; });
}

}  // namespace tessera
