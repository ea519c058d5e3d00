#include "api/upload/upload_session.h"

#include "api/upload/s3_answer.h"
#include "pipelines/outputs/back_off.h"

namespace tessera {
namespace {

constexpr int kAttempts = 6;
constexpr BackOffPolicy kPauses{
    .first = std::chrono::seconds(1), .longest = std::chrono::seconds(20), .settled = Duration::max(), .jitter = 0.25};

Error toError(int status, const std::string& code) {
    const std::string what =
        "the target answered " + std::to_string(status) + (code.empty() ? std::string() : " (" + code + ")");
    switch (status) {
        case 404: return notFound(what);
        case 409: return conflict(what);
        case 408:
        case 425:
        case 429: return {ErrorCode::Timeout, what, {}};
        default: break;
    }
    if (status >= 500) return {ErrorCode::Unreachable, what, {}};
    return {ErrorCode::Forbidden, what, {}};
}

/// Letters and digits of an error code; nothing else of an answer is shown.
std::string codeOf(const std::string& answer) {
    std::string code;
    for (const char c : xmlText(answer, "Code")) {
        const bool isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (isLetter && code.size() < 64) code += c;
    }
    return code;
}

}  // namespace

bool mayWorkLater(const Error& error) {
    return error.code == ErrorCode::Unreachable || error.code == ErrorCode::Timeout;
}

Status perform(CurlTransfer& transfer, const UploadContext& context) {
    const CURLcode code = transfer.perform(context.stopping);
    if (code == CURLE_ABORTED_BY_CALLBACK) return conflict("it was stopped");
    if (code == CURLE_READ_ERROR) return Error{ErrorCode::Device, "a file of the recording cannot be read", {}};
    if (code != CURLE_OK) return Error{ErrorCode::Unreachable, transfer.failure(code), {}};
    const int status = transfer.status();
    if (status >= 200 && status < 300) return kOk;
    return toError(status, codeOf(transfer.answer()));
}

Status performAgain(const UploadContext& context, const std::function<Status()>& attempt) {
    BackOff backOff(kPauses);
    for (int count = 1;; ++count) {
        const auto done = attempt();
        if (done || !mayWorkLater(done.error()) || count == kAttempts) return done;
        if (context.onRetry) context.onRetry(done.error());
        if (!context.pause(backOff.next({}))) return conflict("it was stopped");
    }
}

Status uploadFile(const UploadTarget& target, const UploadItem& item, const UploadFile& file, FileProgress& progress,
                  const UploadContext& context) {
    switch (target.kind) {
        case UploadTarget::Kind::S3: return uploadToS3(target, item, file, progress, context);
        case UploadTarget::Kind::Put: return uploadByPut(target, item, file, progress, context);
    }
    return kOk;
}

}  // namespace tessera
