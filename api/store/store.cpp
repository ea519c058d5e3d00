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
#include "api/store/rows.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

/// Recoveries that are done within this time are done before the server answers; longer ones go on beside it.
constexpr Duration kRecoveryPatience = std::chrono::seconds(5);
constexpr Duration kStopPatience = std::chrono::seconds(3);
/// Between two steps of the work on a file, after which it looks whether it shall end.
constexpr Duration kEndPatience = std::chrono::seconds(1);

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
    : options_(std::move(options)),
      database_(std::move(database)),
      folders_(options_.dir, options_.deadline),
      queue_("store"),
      files_("store-files") {}

Store::~Store() {
    (void)stop().ok();
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
    TESSERA_TRY(queue_.call(deadline, nothing));  // may post to the folders
    TESSERA_TRY(folders_.flush(deadline));        // may post to files_
    TESSERA_TRY(files_.call(deadline, nothing));  // may post to queue_
    return queue_.call(deadline, nothing);
}

/// Whether the threads that touch recordings are free to end.
bool Store::awaitDisk() {
    const auto nothing = []() -> Status { return kOk; };
    const auto isLate = [](const Status& done) { return !done && done.error().code == ErrorCode::Timeout; };
    return !isLate(folders_.flush(kEndPatience)) && !isLate(files_.call(kEndPatience, nothing));
}

Status Store::stop() {
    // What was accepted is kept: audit entries, and digests that are quick. A second call finds stopped queues.
    const Status flushed = flush(kStopPatience);
    const bool isLate = !flushed && flushed.error().code == ErrorCode::Timeout;
    if (isLate) log(LogLevel::Info, "store", "a digest was put off to the next start");
    stopping_ = true;
    const bool isHung = isLate && !awaitDisk();
    if (!isHung) {
        folders_.stop();
        files_.stop();
    }
    queue_.stop();
    if (isHung) return RecordingFolders::noAnswer();
    return kOk;
}

}  // namespace tessera
