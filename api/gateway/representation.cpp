#include "api/gateway/representation.h"

#include "api/gateway/byte_range.h"
#include "api/gateway/http_date.h"

namespace tessera {

namespace {

constexpr std::string_view kETag = "ETag";

std::string takeHeader(HttpResponse& response, std::string_view name) {
    const auto found = std::find_if(response.headers.begin(), response.headers.end(),
                                    [&](const auto& header) { return header.first == name; });
    if (found == response.headers.end()) return {};
    std::string value = std::move(found->second);
    response.headers.erase(found);
    return value;
}

/// The headers that a 304, 412 or 416 does not carry speak of a body. @source RFC 9110 section 15.4.5
void dropBody(HttpResponse& head) {
    head.body.clear();
    for (const auto* name : {"Content-Type", "Content-Disposition"}) takeHeader(head, name);
}

/// A problem with the headers of CORS and caching of what it stands for.
Reply refusal(HttpResponse head, const Problem& problem) {
    dropBody(head);
    HttpResponse response = problemResponse(problem);
    for (auto& header : head.headers) {
        if (header.first != "Cache-Control") response.headers.push_back(std::move(header));
    }
    return response;
}

Reply wholeOrPart(Representation& whole, const RangeChoice& choice) {
    Reply reply(std::move(whole.head));
    if (!whole.body) return reply;
    ByteRange part{0, whole.size};
    if (choice.kind == RangeKind::Part) {
        part = choice.part;
        reply.head.status = 206;
        reply.head.with("Content-Range", "bytes " + std::to_string(part.first) + "-" +
                                             std::to_string(part.first + part.size - 1) + "/" +
                                             std::to_string(whole.size));
    }
    reply.body = whole.body(part.first, part.size);
    return reply;
}

}  // namespace

Reply replyWith(Representation representation, const HttpRequest& request, std::int64_t now) {
    HttpResponse& head = representation.head;
    const Validators& validators = representation.validators;
    if (!validators.etag.empty()) head.with(std::string(kETag), validators.etag);
    if (validators.modified > 0) head.with("Last-Modified", toHttpDate(validators.modified));
    if (representation.body) head.with("Accept-Ranges", "bytes");
    switch (checkConditions(request, validators)) {
        case Precondition::Holds: break;
        case Precondition::NotModified:
            dropBody(head);
            head.status = 304;
            return std::move(head);
        case Precondition::Fails:
            return refusal(std::move(head), {412, "precondition_failed", "it is not what the condition names", {}});
    }
    // RFC 9110 section 14.2: Range means something with GET alone.
    const bool hasRange = representation.body && request.method == "GET" && isRangeWanted(request, validators, now);
    const auto choice = hasRange ? chooseRange(request.header("range"), representation.size) : RangeChoice();
    if (choice.kind == RangeKind::Unsatisfiable) {
        head.with("Content-Range", "bytes */" + std::to_string(representation.size));
        return refusal(std::move(head), {416, "invalid_argument", "the range lies beyond the end", "Range"});
    }
    return wholeOrPart(representation, choice);
}

Representation inMemory(HttpResponse response) {
    Representation representation;
    representation.validators.etag = takeHeader(response, kETag);
    representation.head = std::move(response);
    return representation;
}

Representation inMemory(HttpResponse head, std::shared_ptr<const std::string> body) {
    Representation representation = inMemory(std::move(head));
    representation.size = body->size();
    representation.body = [body = std::move(body)](std::uint64_t first, std::uint64_t size) {
        return std::make_unique<MemoryBody>(body, first, size);
    };
    return representation;
}

}  // namespace tessera
