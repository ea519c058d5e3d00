// The part of Amazon S3's interface that its many relatives have, too.
// @source Amazon S3 API Reference: CreateMultipartUpload, UploadPart, CompleteMultipartUpload, PutObject, HeadObject

#include <algorithm>

#include "api/auth/digest.h"
#include "api/outbound/running_hash.h"
#include "api/upload/s3_answer.h"
#include "api/upload/upload_session.h"
#include "pipelines/ingest/network/source_url.h"

namespace tessera {
namespace {

/// S3 takes at most so many parts of one object.
constexpr std::int64_t kMostParts = 10'000;
constexpr std::size_t kMd5Digits = 32;
constexpr std::size_t kAnswerBytes = 16 * 1024;

class S3Upload {
public:
    S3Upload(const UploadTarget& target, const UploadItem& item, const UploadFile& file, FileProgress& progress,
             const UploadContext& context)
        : target_(target), item_(item), file_(file), progress_(progress), context_(context) {}

    Status run() {
        TESSERA_TRY(isSmall() ? sendWhole() : sendAll());
        progress_.isDone = true;
        context_.save();
        return kOk;
    }

private:
    bool isSmall() const { return file_.size() <= context_.partBytes && progress_.uploadId.empty(); }

    Status sendWhole() {
        return performAgain(context_, [this]() -> Status {
            TESSERA_TRY(putWhole());
            return verify();
        });
    }

    Status sendAll() {
        TESSERA_TRY(sendParts());
        const auto checked = performAgain(context_, [this] { return verify(); });
        if (checked || context_.stopping) return checked;
        progress_ = {};  // what is there is not the file: the next attempt begins anew
        context_.save();
        return checked;
    }

    Status putWhole() {
        const auto digest = file_.digest(0, file_.size());
        if (!digest) return digest.error();
        wantedTag_ = toHex(digest->md5);
        return put(item_.url, 0, file_.size(), *digest);
    }

    Status put(const std::string& url, std::int64_t begin, std::int64_t bytes, const PieceDigest& digest) {
        CurlTransfer transfer(url, nullptr, limits());
        sign(transfer, digest.sha256Hex);
        transfer.addHeader("Content-MD5: " + toBase64(digest.md5));
        if (url == item_.url) transfer.addHeader("Content-Type: " + item_.contentType);
        transfer.sendFile(file_.descriptor(), begin, bytes);
        TESSERA_TRY(perform(transfer, context_));
        return checkTag(transfer.answerHeader("etag"), toHex(digest.md5));
    }

    static bool isDigest(std::string_view tag, std::size_t size) {
        return tag.size() == size && tag.find_first_not_of("0123456789abcdef-") == std::string_view::npos;
    }

    /// What the server took has the digest of what was sent, where its tag is a digest.
    static Status checkTag(const std::string& tag, const std::string& wanted) {
        const auto given = plainTag(tag);
        if (!isDigest(given, wanted.size()) || given == wanted) return kOk;
        return Error{ErrorCode::Unreachable, "the target holds other bytes than were sent", {}};
    }

    static std::string plainTag(const std::string& tag) {
        std::string plain = tag;
        std::erase(plain, '"');
        return plain;
    }

    Status sendParts() {
        for (int round = 0;; ++round) {
            if (progress_.uploadId.empty()) TESSERA_TRY(begin());
            const auto sent = sendMissingParts();
            // The server has forgotten it, as it does with those that take too long: from the beginning, once.
            const bool isForgotten = !sent && sent.error().code == ErrorCode::NotFound;
            if (!isForgotten || round == 1) return sent;
            progress_ = {};
        }
    }

    Status begin() {
        std::string id;
        const auto begun = performAgain(context_, [&]() -> Status {
            CurlTransfer transfer(item_.url + "?uploads=", nullptr, limits());
            sign(transfer, sha256Hex({}));
            transfer.addHeader("Content-Type: " + item_.contentType);
            transfer.post({});
            TESSERA_TRY(perform(transfer, context_));
            id = xmlText(transfer.answer(), "UploadId");
            return id.empty() ? Status(Error{ErrorCode::Unreachable, "the target began no upload", {}}) : Status(kOk);
        });
        if (!begun) return begun;
        progress_ = {};
        progress_.uploadId = id;
        progress_.partBytes = std::max(context_.partBytes, (file_.size() + kMostParts - 1) / kMostParts);
        context_.save();
        return kOk;
    }

    Status sendMissingParts() {
        const auto bytes = progress_.partBytes;
        const auto count = (file_.size() + bytes - 1) / bytes;
        while (static_cast<std::int64_t>(progress_.parts.size()) < count) {
            const auto index = static_cast<std::int64_t>(progress_.parts.size());
            const auto size = std::min(bytes, file_.size() - index * bytes);
            const auto digest = file_.digest(index * bytes, size);
            if (!digest) return digest.error();
            const auto url = item_.url + "?partNumber=" + std::to_string(index + 1) + "&uploadId=" + encodedId();
            TESSERA_TRY(performAgain(context_, [&] { return put(url, index * bytes, size, *digest); }));
            progress_.parts.push_back(toHex(digest->md5));
            context_.save();
        }
        return performAgain(context_, [this] { return complete(); });
    }

    std::string encodedId() const { return percentEncoded(progress_.uploadId); }

    Status complete() {
        std::string body = "<CompleteMultipartUpload>";
        RunningHash digests(RunningHash::Kind::Md5);
        for (std::size_t i = 0; i < progress_.parts.size(); ++i) {
            body += "<Part><PartNumber>" + std::to_string(i + 1) + "</PartNumber><ETag>\"" + progress_.parts[i] +
                    "\"</ETag></Part>";
            digests.add(fromHex(progress_.parts[i]));
        }
        body += "</CompleteMultipartUpload>";
        wantedTag_ = toHex(digests.finish()) + "-" + std::to_string(progress_.parts.size());
        CurlTransfer transfer(item_.url + "?uploadId=" + encodedId(), nullptr, limits());
        sign(transfer, sha256Hex(body));
        transfer.addHeader("Content-Type: application/xml");
        transfer.post(std::move(body));
        TESSERA_TRY(perform(transfer, context_));
        // S3 begins its answer before it knows: a failure may come with 200.
        if (transfer.answer().find("<Error>") == std::string::npos) return kOk;
        return Error{ErrorCode::Unreachable, "the target did not complete the upload", {}};
    }

    Status verify() {
        CurlTransfer transfer(item_.url, nullptr, limits());
        sign(transfer, sha256Hex({}));
        transfer.head();
        TESSERA_TRY(perform(transfer, context_));
        if (transfer.answerHeader("content-length") != std::to_string(file_.size())) {
            return Error{ErrorCode::Unreachable, "the target holds another size than was sent", {}};
        }
        const auto tag = plainTag(transfer.answerHeader("etag"));
        // Some relatives of S3 tag what came in parts with the digest of the whole.
        if (isDigest(tag, kMd5Digits) && wantedTag_.size() != kMd5Digits) {
            const auto whole = file_.digest(0, file_.size());
            if (!whole) return whole.error();
            wantedTag_ = toHex(whole->md5);
        }
        TESSERA_TRY(checkTag(tag, wantedTag_));
        progress_.isVerified = tag == wantedTag_;
        return kOk;
    }

    void sign(CurlTransfer& transfer, const std::string& bodySha256) const {
        transfer.signS3(target_.region, target_.user, target_.secret);
        transfer.addHeader("x-amz-content-sha256: " + bodySha256);
    }

    static CurlTransfer::Limits limits() {
        return {.whole = std::chrono::milliseconds(0), .answerBytes = kAnswerBytes, .stall = std::chrono::seconds(30)};
    }

    const UploadTarget& target_;
    const UploadItem& item_;
    const UploadFile& file_;
    FileProgress& progress_;
    const UploadContext& context_;
    std::string wantedTag_;
};

}  // namespace

Status uploadToS3(const UploadTarget& target, const UploadItem& item, const UploadFile& file, FileProgress& progress,
                  const UploadContext& context) {
    return S3Upload(target, item, file, progress, context).run();
}

void abandonS3(const UploadTarget& target, const std::string& url, const std::string& uploadId,
               const UploadContext& context) {
    CurlTransfer transfer(url + "?uploadId=" + percentEncoded(uploadId), nullptr,
                          {.whole = std::chrono::seconds(10), .answerBytes = kAnswerBytes});
    transfer.signS3(target.region, target.user, target.secret);
    transfer.addHeader("x-amz-content-sha256: " + sha256Hex({}));
    transfer.remove();
    (void)perform(transfer, context).ok();
}

}  // namespace tessera
