// WHIP and WHEP. Source: RFC 9725; draft-ietf-wish-whep.
#include "api/addresses.h"
#include "api/handlers/handlers.h"
#include "api/handlers/joining.h"
#include "pipelines/webrtc/sdp/sdp_offer.h"

namespace tessera::handlers {

namespace {

constexpr std::size_t kMaximumName = 128;

/// Who joins: the token's subject, or whom the address names when a key or nothing speaks for them.
Status identify(const Call& call, JoinSpec& spec) {
    spec.role = call.identity.role;
    if (call.identity.via == Via::Token) {
        spec.identity = call.identity.subject;
        spec.name = call.identity.name;
        return kOk;
    }
    const auto name = call.query("participant");
    if (name.size() > kMaximumName) return invalidArgument("participant must have at most 128 bytes", "participant");
    spec.identity = name.empty() ? "guest_" + randomToken() : name;
    spec.name = name.empty() ? "Guest" : name;
    spec.role = Role::Participant;
    return kOk;
}

Result<JoinSpec> readJoin(const Call& call, bool maySend) {
    JoinSpec spec;
    TESSERA_TRY(identify(call, spec));
    const auto& meeting = call.param("meeting");
    const auto content = call.query("content");
    if (!content.empty() && content != "main" && content != "slides") {
        return invalidArgument("content must be main or slides", "content");
    }
    spec.isScreen = content == "slides";
    spec.maySend = maySend && authorize(call.identity, spec.isScreen ? Right::ShareScreen : Right::Send, meeting).ok();
    spec.mayReceive = true;
    if (const auto view = call.query("view"); !view.empty()) {
        const auto id = ViewId::fromString(view);
        if (!id) return notFound("there is no view " + view);
        spec.view = *id;
    }
    spec.offer = call.request.body;
    return spec;
}

std::string iceServerLinks(const Config& config) {
    std::string links;
    for (const auto& server : config.webrtc.iceServers) {
        if (!links.empty()) links += ", ";
        const auto parsed = parseIceServer(server);
        if (!parsed) continue;  // the configuration was checked at the start
        links += "<" + parsed->url + ">; rel=\"ice-server\"";
        if (parsed->username.empty()) continue;
        links += "; username=\"" + parsed->username + "\"; credential=\"" + parsed->credential +
                 "\"; credential-type=\"password\"";
    }
    return links;
}

Status refuseDryRun(const Call& call) {
    if (!call.dryRun) return kOk;
    return unsupported("a connection cannot be tried out", "dry_run");
}

Result<HttpResponse> open(Call& call, std::string_view endpoint, bool maySend) {
    TESSERA_TRY(refuseDryRun(call));
    const auto spec = readJoin(call, maySend);
    if (!spec) return spec.error();
    // Before a scheduled meeting is started for it.
    if (const auto offer = parseOffer(spec->offer); !offer) return offer.error();
    const auto meeting = call.liveMeeting();
    if (!meeting) return meeting.error();
    const auto reply = joinAndWait(**meeting, *spec);
    if (!reply) return reply.error();
    call.auditDetail = reply->participant.toString();
    HttpResponse response;
    response.status = 201;
    response.body = reply->answer;
    response.with("Content-Type", "application/sdp")
        .with("Location", std::string(endpoint) + call.param("meeting") + "/" + reply->peer.toString())
        .with("ETag", '"' + reply->peer.toString() + '"')
        .with("Accept-Patch", "application/trickle-ice-sdpfrag")
        .with("Cache-Control", "no-store");
    if (const auto links = iceServerLinks(call.services.config); !links.empty()) response.with("Link", links);
    return response;
}

}  // namespace

Result<HttpResponse> openWhip(Call& call) {
    return open(call, "/whip/", true);
}
Result<HttpResponse> openWhep(Call& call) {
    return open(call, "/whep/", false);
}

Result<HttpResponse> trickle(Call& call) {
    TESSERA_TRY(refuseDryRun(call));
    const auto meeting = call.meeting();
    if (!meeting) return meeting.error();
    const auto peer = call.id<PeerId>("peer");
    if (!peer) return peer.error();
    TESSERA_TRY((*meeting)->trickle(*peer, call.request.body));
    return noContent();
}

Result<HttpResponse> closeSession(Call& call) {
    TESSERA_TRY(refuseDryRun(call));
    const auto meeting = call.meeting();
    if (!meeting) return meeting.error();
    const auto peer = call.id<PeerId>("peer");
    if (!peer) return peer.error();
    TESSERA_TRY((*meeting)->leave(*peer));
    HttpResponse response;
    response.status = 200;
    return response;
}

}  // namespace tessera::handlers
