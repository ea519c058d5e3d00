// What leaves this server: the part of Store that keeps uploads, webhooks and their messages.

#include "mcu/base/log.h"

#include "api/store/database.h"
#include "api/store/recording_files.h"
#include "api/store/rows.h"
#include "api/store/store.h"

namespace tessera {

void Store::addUpload(UploadRecord record) {
    queue_.post([this, record = std::move(record)] {
        const auto done = insertUploadRow(*database_, record);
        if (!done) log(LogLevel::Error, "upload", done.error().message, {{"recording", record.recording.toString()}});
    });
}

Status Store::saveUpload(const UploadRecord& record) {
    return call([this, record] { return updateUploadRow(*database_, record); });
}

Result<UploadRecord> Store::upload(const RecordingId& recording, const std::string& target) {
    return call([this, recording, target] { return readUploadRow(*database_, recording, target); });
}

Result<std::vector<UploadRecord>> Store::uploads(const RecordingId& recording) {
    return call([this, recording] { return listUploadRows(*database_, recording); });
}

Result<std::vector<UploadRecord>> Store::waitingUploads() {
    return call([this] { return listWaitingUploadRows(*database_); });
}

std::string Store::folderOf(const RecordingId& recording) const {
    return recordingFolder(options_.dir, recording);
}

Status Store::removeLocalFiles(const RecordingId& recording) {
    TESSERA_TRY(call([this, recording] { return markUploadRowsMoved(*database_, recording); }));
    return folders_.remove(recording);
}

Status Store::saveWebhook(const WebhookRecord& record) {
    return call([this, record] { return saveWebhookRow(*database_, record); });
}

Result<std::vector<WebhookRecord>> Store::webhooks() {
    return call([this] { return listWebhookRows(*database_); });
}

Status Store::deleteWebhook(const WebhookId& id) {
    return call([this, id] { return deleteWebhookRow(*database_, id); });
}

void Store::addDelivery(DeliveryRecord record) {
    queue_.post([this, record = std::move(record)] {
        const auto done = insertDeliveryRow(*database_, record);
        if (!done) log(LogLevel::Warning, "webhook", done.error().message, {{"webhook", record.webhook.toString()}});
    });
}

void Store::removeDelivery(const WebhookId& webhook, const std::string& event) {
    queue_.post([this, webhook, event] {
        const auto done = deleteDeliveryRow(*database_, webhook, event);
        if (!done) log(LogLevel::Warning, "webhook", done.error().message, {{"webhook", webhook.toString()}});
    });
}

Result<std::vector<DeliveryRecord>> Store::deliveries() {
    return call([this] { return listDeliveryRows(*database_); });
}

}  // namespace tessera
