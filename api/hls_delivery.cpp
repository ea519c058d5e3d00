#include "api/hls_delivery.h"

#include "api/problem.h"

namespace tessera {

namespace {

SiteReply toReply(const Result<HlsAnswer>& found) {
    SiteReply reply;
    if (!found) {
        reply.head = problemResponse(found.error());
        return reply;
    }
    const std::string scope = found->isPublic ? "public" : "private";
    const std::string age = found->maxAgeSeconds > 0 ? "max-age=" + std::to_string(found->maxAgeSeconds) : "no-cache";
    reply.head.with("Content-Type", found->contentType).with("Cache-Control", scope + ", " + age);
    reply.body = found->body;
    return reply;
}

}  // namespace

bool HlsDelivery::isPublic(const SiteRequest& request) {
    return site_.isPublic(request.meeting, request.view, request.file);
}

std::function<void()> HlsDelivery::ask(const SiteRequest& request, std::function<void(SiteReply)> answer) {
    const auto ticket =
        site_.get({request.meeting, request.view, request.file, request.query},
                  [answer = std::move(answer)](const Result<HlsAnswer>& found) { answer(toReply(found)); });
    if (ticket == 0) return nullptr;
    return [this, ticket] { site_.cancel(ticket); };
}

}  // namespace tessera
