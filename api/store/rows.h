#pragma once

#include <string>
#include <vector>

#include "api/auth/api_key.h"
#include "api/store/database.h"
#include "api/store/records.h"

namespace tessera {

// The statements, table by table. All of them run on the store's thread.
// @error  of every call: internal, capacity, timeout; conflict where an id exists already

Status saveMeetingRow(Database& database, const MeetingRecord& record);
Result<MeetingRecord> readMeetingRow(Database& database, const MeetingId& id);  ///< @error not_found
Result<Page<MeetingRecord>> listMeetingRows(Database& database, const PageRequest& page);
Status deleteMeetingRow(Database& database, const MeetingId& id);  ///< @error not_found

Status insertRecordingRow(Database& database, const RecordingRecord& record);
Status updateRecordingRow(Database& database, const RecordingRecord& record);
Result<RecordingRecord> readRecordingRow(Database& database, const RecordingId& id);  ///< @error not_found
Result<Page<RecordingRecord>> listRecordingRows(Database& database, const MeetingId& meeting, const PageRequest& page);
/// Those in state recording or finalizing.
Result<std::vector<RecordingRecord>> listUnfinishedRecordingRows(Database& database);
/// Those in state ready or failed, the one finished first first.
Result<std::vector<RecordingRecord>> listFinishedRecordingRows(Database& database);
Status deleteRecordingRow(Database& database, const RecordingId& id);

Status insertKeyRow(Database& database, const StoredKey& key);
Result<std::optional<StoredKey>> findKeyRow(Database& database, const std::string& hash);
Result<std::vector<StoredKey>> listKeyRows(Database& database);
Status deleteKeyRow(Database& database, const std::string& id);  ///< @error not_found

Status insertAuditRow(Database& database, const AuditEntry& entry);
Result<Page<AuditEntry>> listAuditRows(Database& database, const PageRequest& page);

/// Which request uses which Idempotency-Key.
struct IdempotencyUse {
    std::string scope;
    std::string key;
    std::string fingerprint;
};
/// Keys are forgotten after this time. @source the REST contract
inline constexpr std::int64_t kIdempotencyMs = 24LL * 3600 * 1000;

Result<IdempotencyClaim> claimIdempotencyRow(Database& database, const IdempotencyUse& use, std::int64_t nowMs);
Status completeIdempotencyRow(Database& database, const IdempotencyUse& use, const RememberedReply& reply);
Status deleteIdempotencyRow(Database& database, const IdempotencyUse& use);
/// What a crash left in progress will never be completed.
Status deleteUnfinishedIdempotencyRows(Database& database);

}  // namespace tessera
