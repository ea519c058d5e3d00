#include "api/store/store.h"

#include <algorithm>
#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <unistd.h>

#include "mcu/base/log.h"

#include "api/store/database.h"
#include "api/store/recording_files.h"
#include "api/store/recording_journal.h"
#include "api/store/rows.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

/// Recoveries that are done within this time are done before the server answers; longer ones go on beside it.
constexpr Duration kRecoveryPatience = std::chrono::seconds(5);
constexpr Duration kStopPatience = std::chrono::seconds(3);
constexpr Duration kRetirePeriod = std::chrono::minutes(10);

Error badFolder(const std::string& why) {
    return invalidArgument("data.dir: " + why, "data.dir");
}

Status makeFolder(const std::string& dir) {
    std::error_code error;
    if (!fs::exists(dir, error)) {
        fs::create_directories(dir, error);
        // It holds digests of keys and people's voices: nobody else's business.
        if (!error) fs::permissions(dir, fs::perms::owner_all, error);
    }
    if (!error) fs::create_directories(dir + "/recordings", error);
    if (error) return badFolder("the folder " + dir + " cannot be made: " + error.message());
    return kOk;
}

}  // namespace

/// A lock on a folder that ends with the process, however it ends.
class FolderLock {
public:
    static Result<std::unique_ptr<FolderLock>> take(const std::string& dir) {
        std::unique_ptr<FolderLock> lock(
            new FolderLock(::open((dir + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)));
        if (lock->file_ < 0) return badFolder("the folder " + dir + " cannot be written");
        if (::flock(lock->file_, LOCK_EX | LOCK_NB) != 0) return badFolder("another server uses the folder " + dir);
        return lock;
    }
    ~FolderLock() {
        if (file_ >= 0) ::close(file_);
    }
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;

private:
    explicit FolderLock(int file) : file_(file) {}
    int file_;
};

Store::Store(StoreOptions options, std::unique_ptr<Database> database)
    : options_(std::move(options)), database_(std::move(database)), queue_("store"), files_("store-files") {}

Store::~Store() {
    stop();
}

template <typename Function>
auto Store::call(Function function) -> decltype(function()) {
    return queue_.call(options_.deadline, std::move(function));
}

Result<std::unique_ptr<Store>> Store::create(StoreOptions options) {
    TESSERA_TRY(makeFolder(options.dir));
    std::unique_ptr<FolderLock> lock;
    if (options.isOwner) {
        auto taken = FolderLock::take(options.dir);
        if (!taken) return taken.error();
        lock = std::move(*taken);
    }
    auto database = Database::open(options.dir + "/tessera.db");
    if (!database) return database.error();
    std::unique_ptr<Store> store(new Store(std::move(options), std::move(*database)));
    store->lock_ = std::move(lock);
    if (store->options_.isOwner) {
        TESSERA_TRY(store->recover());
        store->scheduleRetire();
    }
    return store;
}

Status Store::recover() {
    const auto unfinished = call([this] { return listUnfinishedRecordingRows(*database_); });
    if (!unfinished) return unfinished.error();
    TESSERA_TRY(call([this] { return deleteUnfinishedIdempotencyRows(*database_); }));
    for (const auto& record : *unfinished) {
        log(LogLevel::Warning, "store", "recovering a recording that was not finished",
            {{"recording", record.id.toString()}});
        files_.post([this, record] {
            auto ended = record;
            if (ended.finishedAtMs == 0) ended.finishedAtMs = options_.nowMs();
            if (!ended.render.empty() && ended.state == RecordingState::Recording) dropUnfinishedRender(ended);
            finishFiles(ended);
        });
    }
    if (!unfinished->empty() && !flush(kRecoveryPatience)) {
        log(LogLevel::Info, "store", "recovery goes on in the background");
    }
    return kOk;
}

/// Half a programme is none; what it was made of is still there.
void Store::dropUnfinishedRender(RecordingRecord& record) const {
    const auto folder = recordingFolder(options_.dir, record.id);
    std::error_code error;
    for (const auto& file : record.files) fs::remove(folder + "/" + file.name, error);
    record.error = "the server ended before it was rendered: render it again";
}

/// Runs on the thread of files: finishes them, then lets the database know.
void Store::finishFiles(const RecordingRecord& record) {
    const auto finished =
        finishRecordingFiles(record, recordingFolder(options_.dir, record.id), options_.media, stopping_);
    if (stopping_) return;  // still finalizing in the database: the next start takes it up
    queue_.post([this, finished] {
        if (const auto done = updateRecordingRow(*database_, finished); !done) {
            log(LogLevel::Error, "store", "a recording's end was not kept",
                {{"recording", finished.id.toString()}, {"error", done.error().message}});
        }
        if (options_.onRecordingEnd) options_.onRecordingEnd(finished);
    });
    retire();
}

void Store::scheduleRetire() {
    files_.postDelayed(kRetirePeriod, [this] {
        retire();
        scheduleRetire();
    });
}

/// Runs on the thread of files: removes the finished recordings that are beyond what is to be kept.
void Store::retire() {
    if (!options_.retention.isSet()) return;
    const auto finished = call([this] { return listFinishedRecordingRows(*database_); });
    if (!finished) return log(LogLevel::Warning, "store", finished.error().message);
    for (const auto& [id, reason] : beyond(options_.retention, *finished, options_.nowMs())) {
        const Status removed = deleteRecording(id);
        log(LogLevel::Info, "recording", removed ? "a recording was retired" : removed.error().message,
            {{"recording", id.toString()}, {"reason", reason}});
    }
}

void Store::noteEvent(MeetingEvent event, RecordingId only) {
    queue_.post([this, event = std::move(event), only = std::move(only)] {
        if (event.type == "meeting.ended") scores_.forget(event.meeting);
        const auto [begin, end] = beingWritten_.equal_range(event.meeting);
        for (auto each = begin; each != end; ++each) {
            if (!only.isEmpty() && each->second != only) continue;
            const Status kept = appendToJournal(recordingFolder(options_.dir, each->second), event);
            if (!kept) log(LogLevel::Warning, "recording", kept.error().message, {{"type", event.type}});
        }
    });
}

std::vector<std::string> Store::foldersOf(const MeetingId& meeting) const {
    std::vector<std::string> folders;
    const auto [begin, end] = beingWritten_.equal_range(meeting);
    for (auto each = begin; each != end; ++each) folders.push_back(recordingFolder(options_.dir, each->second));
    return folders;
}

void Store::noteScore(const MeetingId& meeting, MeetingScorePtr score) {
    queue_.post([this, meeting, score = std::move(score)] { scores_.note(meeting, score, foldersOf(meeting)); });
}

void Store::noteSpeakers(const MeetingId& meeting, SpeakerOrder order) {
    queue_.post([this, meeting, order = std::move(order)] { scores_.note(meeting, order, foldersOf(meeting)); });
}

Status Store::saveMeeting(const MeetingRecord& record) {
    return call([this, record] { return saveMeetingRow(*database_, record); });
}

Result<MeetingRecord> Store::meeting(const MeetingId& id) {
    return call([this, id] { return readMeetingRow(*database_, id); });
}

Result<Page<MeetingRecord>> Store::meetings(const PageRequest& page) {
    return call([this, page] { return listMeetingRows(*database_, page); });
}

Status Store::deleteMeeting(const MeetingId& id) {
    return call([this, id] { return deleteMeetingRow(*database_, id); });
}

Result<std::string> Store::createRecording(const RecordingRecord& record) {
    TESSERA_CHECK(!record.id.isEmpty() && record.files.size() == 1 && isSafeFileName(record.files.front().name));
    const auto folder = recordingFolder(options_.dir, record.id);
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return internalError("the folder of a recording cannot be made: " + error.message());
    TESSERA_TRY(call([this, record]() -> Status {
        auto inserted = insertRecordingRow(*database_, record);
        if (!inserted || !record.render.empty()) return inserted;
        beingWritten_.emplace(record.meeting, record.id);
        scores_.begin(record.meeting, recordingFolder(options_.dir, record.id));
        return kOk;
    }));
    return folder + "/" + record.files.front().name;
}

Status Store::finishRecording(const RecordingId& id, std::int64_t durationMs, const std::string& error) {
    return call([this, id, durationMs, error]() -> Status {
        auto record = readRecordingRow(*database_, id);
        if (!record) return record.error();
        if (record->state != RecordingState::Recording)
            return conflict("the recording " + id.toString() + " is finished");
        record->state = RecordingState::Finalizing;
        record->durationMs = durationMs;
        record->error = error;
        record->finishedAtMs = options_.nowMs();
        TESSERA_TRY(updateRecordingRow(*database_, *record));
        files_.post([this, finishing = *record] { finishFiles(finishing); });
        std::erase_if(beingWritten_, [&id](const auto& each) { return each.second == id; });
        return kOk;
    });
}

Status Store::noteRender(const RecordingId& id, const std::string& render) {
    return call([this, id, render]() -> Status {
        auto record = readRecordingRow(*database_, id);
        if (!record) return record.error();
        record->render = render;
        return updateRecordingRow(*database_, *record);
    });
}

Result<RecordingRecord> Store::recording(const RecordingId& id) {
    return call([this, id] { return readRecordingRow(*database_, id); });
}

Result<Page<RecordingRecord>> Store::recordings(const MeetingId& meeting, const PageRequest& page) {
    return call([this, meeting, page] { return listRecordingRows(*database_, meeting, page); });
}

Status Store::deleteRecording(const RecordingId& id) {
    return call([this, id]() -> Status {
        const auto record = readRecordingRow(*database_, id);
        if (!record) return record.error();
        if (record->state == RecordingState::Recording || record->state == RecordingState::Finalizing) {
            return conflict("the recording " + id.toString() + " is still being written: stop its output first");
        }
        std::error_code error;
        fs::remove_all(recordingFolder(options_.dir, id), error);
        if (error) return internalError("the files of a recording cannot be removed: " + error.message());
        TESSERA_TRY(deleteUploadRows(*database_, id));
        return deleteRecordingRow(*database_, id);
    });
}

Result<std::string> Store::recordingFile(const RecordingId& id, const std::string& name) {
    const auto record = recording(id);
    if (!record) return record.error();
    const bool isFinished = record->state == RecordingState::Ready || record->state == RecordingState::Failed;
    const bool isOurs = std::any_of(record->files.begin(), record->files.end(),
                                    [&name](const RecordingFile& file) { return file.name == name; });
    if (!isFinished || !isOurs) return notFound("no such recording file");
    return resolveRecordingFile(options_.dir, id.toString(), name);
}

Status Store::addKey(const StoredKey& key) {
    return call([this, key] { return insertKeyRow(*database_, key); });
}

Result<std::optional<StoredKey>> Store::findKey(const std::string& hash) {
    return call([this, hash] { return findKeyRow(*database_, hash); });
}

Result<std::vector<StoredKey>> Store::keys() {
    return call([this] { return listKeyRows(*database_); });
}

Status Store::removeKey(const std::string& id) {
    return call([this, id] { return deleteKeyRow(*database_, id); });
}

void Store::appendAudit(AuditEntry entry) {
    if (entry.atMs == 0) entry.atMs = options_.nowMs();
    queue_.post([this, entry = std::move(entry)] {
        if (const auto done = insertAuditRow(*database_, entry); !done) {
            log(LogLevel::Error, "audit", "an entry was not kept",
                {{"who", entry.who}, {"action", entry.action}, {"error", done.error().message}});
        }
    });
}

Result<Page<AuditEntry>> Store::auditLog(const PageRequest& page) {
    return call([this, page] { return listAuditRows(*database_, page); });
}

Result<IdempotencyClaim> Store::claimIdempotencyKey(const std::string& scope, const std::string& key,
                                                    const std::string& fingerprint) {
    const IdempotencyUse use{scope, key, fingerprint};
    return call([this, use] { return claimIdempotencyRow(*database_, use, options_.nowMs()); });
}

Status Store::completeIdempotencyKey(const std::string& scope, const std::string& key, const RememberedReply& reply) {
    const IdempotencyUse use{scope, key, {}};
    return call([this, use, reply] { return completeIdempotencyRow(*database_, use, reply); });
}

Status Store::releaseIdempotencyKey(const std::string& scope, const std::string& key) {
    const IdempotencyUse use{scope, key, {}};
    return call([this, use] { return deleteIdempotencyRow(*database_, use); });
}

Status Store::flush(Duration deadline) {
    const auto nothing = []() -> Status { return kOk; };
    TESSERA_TRY(queue_.call(deadline, nothing));  // may post to files_
    TESSERA_TRY(files_.call(deadline, nothing));  // may post to queue_
    return queue_.call(deadline, nothing);
}

void Store::stop() {
    // What was accepted is kept: audit entries, and digests that are quick. A second call finds stopped queues.
    if (const auto done = flush(kStopPatience); !done && done.error().code == ErrorCode::Timeout) {
        log(LogLevel::Info, "store", "a digest was put off to the next start");
    }
    stopping_ = true;
    files_.stop();
    queue_.stop();
}

}  // namespace tessera
