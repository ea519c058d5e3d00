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
/// Those in state ready or failed whose files are here and wait for no upload, the one finished first first.
Result<std::vector<RecordingRecord>> listFinishedRecordingRows(Database& database);
Status deleteRecordingRow(Database& database, const RecordingId& id);

Status insertKeyRow(Database& database, const StoredKey& key);
Result<std::optional<StoredKey>> findKeyRow(Database& database, const std::string& hash);
Result<std::vector<StoredKey>> listKeyRows(Database& database);
Status deleteKeyRow(Database& database, const std::string& id);  ///< @error not_found

Status saveWebhookRow(Database& database, const WebhookRecord& record);
Result<std::vector<WebhookRecord>> listWebhookRows(Database& database);
Status deleteWebhookRow(Database& database, const WebhookId& id);  ///< with its deliveries. @error not_found
Status insertDeliveryRow(Database& database, const DeliveryRecord& record);
Result<std::vector<DeliveryRecord>> listDeliveryRows(Database& database);  ///< oldest first
Status deleteDeliveryRow(Database& database, const WebhookId& webhook, const std::string& event);

Status insertUploadRow(Database& database, const UploadRecord& record);  ///< unless there is one
Status updateUploadRow(Database& database, const UploadRecord& record);
Result<UploadRecord> readUploadRow(Database& database, const RecordingId& recording,
                                   const std::string& target);  ///< @error not_found
Result<std::vector<UploadRecord>> listUploadRows(Database& database, const RecordingId& recording);
Result<std::vector<UploadRecord>> listWaitingUploadRows(Database& database);
Status markUploadRowsMoved(Database& database, const RecordingId& recording);
Status deleteUploadRows(Database& database, const RecordingId& recording);

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
