#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "api/outbound/curl_transfer.h"
#include "api/upload/upload_file.h"
#include "api/upload/upload_progress.h"
#include "api/upload/upload_target.h"

namespace tessera {

/// How an upload goes on while it runs. @thread the one that uploads
struct UploadContext {
    std::int64_t partBytes = 16 << 20;
    bool mustVerify = false;  ///< the local file goes afterwards: no trouble is too much
    const std::atomic<bool>& stopping;
    std::function<void()> save;                   ///< keeps the progress
    std::function<bool(Duration)> pause;          ///< @return false when it shall end
    std::function<void(const Error&)> onRetry{};  ///< an attempt failed and is made again
};

/// Where a file goes, and what is known of it.
struct UploadItem {
    std::string url;
    std::string contentType;
    std::string sha256Hex;  ///< of the whole file
};

/// Sends one file to a target, on from where `progress` says, and checks that it is there.
/// @error unreachable, timeout: later it may work; forbidden, invalid_argument, unsupported: it will not;
///        conflict: it was stopped; device, not_found: the local file
Status uploadFile(const UploadTarget& target, const UploadItem& item, const UploadFile& file, FileProgress& progress,
                  const UploadContext& context);

/// One exchange with a target.
/// @error as uploadFile; not_found: it answered 404; conflict with a message of its own: 409
Status perform(CurlTransfer& transfer, const UploadContext& context);

/// As `perform`, tried again with growing pauses while the error says that it may work later.
Status performAgain(const UploadContext& context, const std::function<Status()>& attempt);

bool mayWorkLater(const Error& error);

Status uploadToS3(const UploadTarget& target, const UploadItem& item, const UploadFile& file, FileProgress& progress,
                  const UploadContext& context);
Status uploadByPut(const UploadTarget& target, const UploadItem& item, const UploadFile& file, FileProgress& progress,
                   const UploadContext& context);

/// Forgets the parts of a multipart upload that will not be completed; best effort.
void abandonS3(const UploadTarget& target, const std::string& url, const std::string& uploadId,
               const UploadContext& context);

}  // namespace tessera
