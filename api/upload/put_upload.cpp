// WebDAV servers, and whatever else takes a PUT.
// @source RFC 9110 section 9.3.4 (PUT), RFC 4918 section 9.3 (MKCOL), RFC 9530 (Repr-Digest)

#include "api/outbound/running_hash.h"
#include "api/upload/upload_session.h"

namespace tessera {
namespace {

class PutUpload {
public:
    PutUpload(const UploadTarget& target, const UploadItem& item, const UploadFile& file, FileProgress& progress,
              const UploadContext& context)
        : target_(target), item_(item), file_(file), progress_(progress), context_(context) {}

    Status run() {
        auto sent = sendAndVerify();
        const bool lacksFolder =
            !sent && (sent.error().code == ErrorCode::NotFound || sent.error().code == ErrorCode::Conflict);
        if (lacksFolder && !context_.stopping) {
            makeFolders();
            sent = sendAndVerify();
        }
        TESSERA_TRY(sent);
        progress_.isDone = true;
        context_.save();
        return kOk;
    }

private:
    static CurlTransfer::Limits limits() {
        return {.whole = std::chrono::milliseconds(0), .stall = std::chrono::seconds(30)};
    }

    Status sendAndVerify() {
        return performAgain(context_, [this]() -> Status {
            TESSERA_TRY(put());
            return verify();
        });
    }

    Status put() {
        CurlTransfer transfer(item_.url, nullptr, limits());
        transfer.logIn(target_.user, target_.secret);
        transfer.addHeader("Content-Type: " + item_.contentType);
        transfer.addHeader("Repr-Digest: sha-256=:" + toBase64(fromHex(item_.sha256Hex)) + ":");
        transfer.sendFile(file_.descriptor(), 0, file_.size());
        return perform(transfer, context_);
    }

    /// Each folder below the target's own; those that exist answer 405.
    void makeFolders() {
        for (auto slash = item_.url.find('/', target_.url.size() + 1); slash != std::string::npos;
             slash = item_.url.find('/', slash + 1)) {
            CurlTransfer transfer(item_.url.substr(0, slash + 1), nullptr, limits());
            transfer.logIn(target_.user, target_.secret);
            transfer.use("MKCOL");
            (void)perform(transfer, context_).ok();
        }
    }

    Status verify() {
        CurlTransfer transfer(item_.url, nullptr, limits());
        transfer.logIn(target_.user, target_.secret);
        transfer.head();
        TESSERA_TRY(perform(transfer, context_));
        if (transfer.answerHeader("content-length") != std::to_string(file_.size())) {
            return Error{ErrorCode::Unreachable, "the target holds another size than was sent", {}};
        }
        return context_.mustVerify ? readBack() : Status(kOk);
    }

    /// No digest of a stored file is common to WebDAV servers: what it says must be read.
    Status readBack() {
        CurlTransfer transfer(item_.url, nullptr, limits());
        transfer.logIn(target_.user, target_.secret);
        transfer.digestAnswer();
        TESSERA_TRY(perform(transfer, context_));
        if (toHex(transfer.answerSha256()) != item_.sha256Hex) {
            return Error{ErrorCode::Unreachable, "the target holds other bytes than were sent", {}};
        }
        progress_.isVerified = true;
        return kOk;
    }

    const UploadTarget& target_;
    const UploadItem& item_;
    const UploadFile& file_;
    FileProgress& progress_;
    const UploadContext& context_;
};

}  // namespace

Status uploadByPut(const UploadTarget& target, const UploadItem& item, const UploadFile& file, FileProgress& progress,
                   const UploadContext& context) {
    return PutUpload(target, item, file, progress, context).run();
}

}  // namespace tessera
