#include "api/routes.h"

#include <algorithm>

#include "api/handlers/handlers.h"

namespace tessera {

namespace {

constexpr Access kPublic{.isPublic = true};
constexpr Access needs(Right right) {
    return {.isPublic = false, .right = right};
}

constexpr Access needsForItsMeeting(Right right) {
    return {.isPublic = false, .right = right, .handlerKnowsMeeting = true};
}

constexpr std::string_view kSdp = "application/sdp";
constexpr std::string_view kTrickle = "application/trickle-ice-sdpfrag";

using namespace handlers;

constexpr Route kRoutes[] = {
    {"GET", "/v1/meetings", needs(Right::ListMeetings), listMeetings, "List meetings"},
    {"POST", "/v1/meetings", needs(Right::CreateMeeting), createMeeting, "Create a meeting"},
    {"GET", "/v1/meetings/{meeting}", needs(Right::ReadMeeting), getMeeting, "Read a meeting"},
    {"PATCH", "/v1/meetings/{meeting}", needs(Right::ControlMeeting), updateMeeting, "Change a meeting"},
    {"DELETE", "/v1/meetings/{meeting}", needs(Right::CreateMeeting), deleteMeeting, "End and forget a meeting"},
    {"POST", "/v1/meetings/{meeting}:start", needs(Right::ControlMeeting), startMeeting, "Start a scheduled meeting"},
    {"POST", "/v1/meetings/{meeting}:end", needs(Right::ControlMeeting), endMeeting, "End a meeting"},
    {"POST", "/v1/meetings/{meeting}:lock", needs(Right::ControlMeeting), lockMeeting, "Admit nobody new"},
    {"POST", "/v1/meetings/{meeting}:unlock", needs(Right::ControlMeeting), unlockMeeting, "Admit again"},
    {"POST", "/v1/meetings/{meeting}:mute_all", needs(Right::ControlMeeting), muteAll, "Mute every participant"},
    {"GET", "/v1/meetings/{meeting}/stats", needs(Right::ReadStats), getStats, "Read a meeting's statistics"},

    {"GET", "/v1/meetings/{meeting}/participants", needs(Right::ReadMeeting), listParticipants, "List participants"},
    {"POST", "/v1/meetings/{meeting}/participants", needs(Right::ControlMeeting), addParticipant,
     "Add a participant over plain RTP"},
    {"GET", "/v1/meetings/{meeting}/participants/{participant}", needs(Right::ReadMeeting), getParticipant,
     "Read a participant"},
    {"PATCH", "/v1/meetings/{meeting}/participants/{participant}", needs(Right::UpdateSelf), updateParticipant,
     "Change a participant"},
    {"DELETE", "/v1/meetings/{meeting}/participants/{participant}", needs(Right::ControlMeeting), removeParticipant,
     "Remove a participant"},
    {"POST", "/v1/meetings/{meeting}/participants/{participant}:request_keyframe", needs(Right::ControlMeeting),
     requestKeyframe, "Ask a participant's senders for a keyframe"},

    {"GET", "/v1/meetings/{meeting}/sources", needs(Right::ReadMeeting), listSources, "List sources"},
    {"POST", "/v1/meetings/{meeting}/sources", needs(Right::ControlMeeting), addSource, "Add a source"},
    {"GET", "/v1/meetings/{meeting}/sources/{source}", needs(Right::ReadMeeting), getSource, "Read a source"},
    {"PATCH", "/v1/meetings/{meeting}/sources/{source}", needs(Right::ControlMeeting), updateSource, "Change a source"},
    {"POST", "/v1/meetings/{meeting}/sources/{source}:seek", needs(Right::ControlMeeting), seekSource,
     "Play a source from another position"},
    {"POST", "/v1/meetings/{meeting}/sources/{source}:pause", needs(Right::ControlMeeting), pauseSource,
     "Hold a source"},
    {"POST", "/v1/meetings/{meeting}/sources/{source}:resume", needs(Right::ControlMeeting), resumeSource,
     "Let a held source go on"},
    {"DELETE", "/v1/meetings/{meeting}/sources/{source}", needs(Right::ControlMeeting), removeSource,
     "Remove a source"},
    {"GET", "/v1/meetings/{meeting}/sources/{source}:snapshot", needs(Right::ControlMeeting), snapshotSource,
     "A source's newest picture"},

    {"GET", "/v1/meetings/{meeting}/views", needs(Right::ReadMeeting), listViews, "List views"},
    {"POST", "/v1/meetings/{meeting}/views", needs(Right::ControlMeeting), addView, "Add a view"},
    {"GET", "/v1/meetings/{meeting}/views/{view}", needs(Right::ReadMeeting), getView, "Read a view"},
    {"PATCH", "/v1/meetings/{meeting}/views/{view}", needs(Right::ControlMeeting), updateView, "Change a view's scene"},
    {"DELETE", "/v1/meetings/{meeting}/views/{view}", needs(Right::ControlMeeting), removeView, "Remove a view"},
    {"GET", "/v1/meetings/{meeting}/views/{view}:snapshot", needs(Right::Receive), snapshotView,
     "A view's next picture"},

    {"GET", "/v1/meetings/{meeting}/views/{view}/overlays", needs(Right::ReadMeeting), listOverlays,
     "List what is shown over a view"},
    {"POST", "/v1/meetings/{meeting}/views/{view}/overlays", needs(Right::ControlMeeting), addOverlay,
     "Show something over a view"},
    {"GET", "/v1/meetings/{meeting}/views/{view}/overlays/{overlay}", needs(Right::ReadMeeting), getOverlay,
     "Read an overlay"},
    {"PATCH", "/v1/meetings/{meeting}/views/{view}/overlays/{overlay}", needs(Right::ControlMeeting), updateOverlay,
     "Change an overlay"},
    {"DELETE", "/v1/meetings/{meeting}/views/{view}/overlays/{overlay}", needs(Right::ControlMeeting), removeOverlay,
     "Remove an overlay"},

    {"GET", "/v1/meetings/{meeting}/outputs", needs(Right::ReadMeeting), listOutputs, "List outputs"},
    {"POST", "/v1/meetings/{meeting}/outputs", needs(Right::Record), addOutput, "Start an output"},
    {"GET", "/v1/meetings/{meeting}/outputs/{output}", needs(Right::ReadMeeting), getOutput, "Read an output"},
    {"DELETE", "/v1/meetings/{meeting}/outputs/{output}", needs(Right::Record), removeOutput, "Stop an output"},
    {"POST", "/v1/meetings/{meeting}/outputs/{output}:pause", needs(Right::Record), pauseOutput, "Hold a recording"},
    {"POST", "/v1/meetings/{meeting}/outputs/{output}:resume", needs(Right::Record), resumeOutput,
     "Let a held recording go on"},

    {"POST", "/v1/meetings/{meeting}/captions", needs(Right::ControlMeeting), addCaption,
     "Say in text what is being said"},
    {"POST", "/v1/meetings/{meeting}/chapters", needs(Right::ControlMeeting), addChapter, "Begin a chapter"},

    {"GET", "/v1/recordings", needsForItsMeeting(Right::ReadRecordings), listRecordings, "List recordings"},
    {"GET", "/v1/recordings/{recording}", needsForItsMeeting(Right::ReadRecordings), getRecording, "Read a recording"},
    {"DELETE", "/v1/recordings/{recording}", needsForItsMeeting(Right::DeleteRecordings), deleteRecording,
     "Delete a recording"},
    {"POST", "/v1/recordings/{recording}:render", needsForItsMeeting(Right::Record), renderRecording,
     "Render a recording anew"},
    {"GET", "/v1/recordings/{recording}/files/{file}", needsForItsMeeting(Right::ReadRecordings), getRecordingFile,
     "Download a file of a recording"},

    {"GET", "/v1/layouts", kPublic, listLayouts, "List layouts"},
    {"GET", "/v1/output-kinds", kPublic, listOutputKinds, "List kinds of output"},
    {"GET", "/v1/source-kinds", kPublic, listSourceKinds, "List kinds of source"},
    {"GET", "/v1/capabilities", needs(Right::ListMeetings), getCapabilities, "What this server can do"},
    {"POST", "/v1/tokens", needsForItsMeeting(Right::MintToken), mintToken, "Mint a token"},
    {"GET", "/v1/events", needsForItsMeeting(Right::ReadEvents), listEvents, "Hear what happens"},
    {"GET", "/v1/webhooks", needs(Right::ManageWebhooks), listWebhooks, "List webhooks"},
    {"POST", "/v1/webhooks", needs(Right::ManageWebhooks), addWebhook, "Add a webhook"},
    {"GET", "/v1/webhooks/{webhook}", needs(Right::ManageWebhooks), getWebhook, "Read a webhook"},
    {"PATCH", "/v1/webhooks/{webhook}", needs(Right::ManageWebhooks), updateWebhook, "Change a webhook"},
    {"DELETE", "/v1/webhooks/{webhook}", needs(Right::ManageWebhooks), removeWebhook, "Remove a webhook"},
    {"POST", "/v1/webhooks/{webhook}:test", needs(Right::ManageWebhooks), testWebhook, "Send a test to a webhook"},
    {"GET", "/v1/audit", needs(Right::Administer), listAudit, "Read the audit log"},
    {"GET", "/v1/openapi.json", kPublic, getFile, "This description"},

    {"POST", "/whip/{meeting}", needs(Right::Receive), openWhip, "Join: send, and receive what the offer asks for",
     kSdp},
    {"POST", "/whep/{meeting}", needs(Right::Receive), openWhep, "Join: receive only", kSdp},
    {"PATCH", "/whip/{meeting}/{peer}", needs(Right::Receive), trickle, "Add candidates to a session", kTrickle},
    {"PATCH", "/whep/{meeting}/{peer}", needs(Right::Receive), trickle, "Add candidates to a session", kTrickle},
    {"DELETE", "/whip/{meeting}/{peer}", needs(Right::Receive), closeSession, "Leave"},
    {"DELETE", "/whep/{meeting}/{peer}", needs(Right::Receive), closeSession, "Leave"},

    {"GET", "/hls/{meeting}/{view}/{file}", needs(Right::Receive), getHls, "Watch over HLS"},

    {"GET", "/healthz", kPublic, getHealth, "Whether the process answers"},
    {"GET", "/readyz", kPublic, getReadiness, "Whether meetings can be served"},
    {"GET", "/metrics", kPublic, getMetrics, "Metrics for Prometheus"},
    {"GET", "/", kPublic, getFile, "The console"},
    {"GET", "/icon.svg", kPublic, getFile, "The console's icon"},
    {"GET", "/assets/{file}", kPublic, getFile, "The console's script and style"},
};

std::vector<std::string_view> segmentsOf(std::string_view path) {
    std::vector<std::string_view> segments;
    for (std::size_t begin = 1; begin <= path.size();) {
        const auto end = std::min(path.find('/', begin), path.size());
        segments.push_back(path.substr(begin, end - begin));
        begin = end + 1;
    }
    return segments;
}

bool matchSegment(std::string_view pattern, std::string_view segment, std::map<std::string, std::string>& params) {
    if (!pattern.starts_with('{')) return pattern == segment;
    const auto close = pattern.find('}');
    const auto action = pattern.substr(close + 1);
    if (!segment.ends_with(action)) return false;
    const auto value = segment.substr(0, segment.size() - action.size());
    if (value.empty() || value.find(':') != std::string_view::npos) return false;
    params[std::string(pattern.substr(1, close - 1))] = value;
    return true;
}

}  // namespace

std::span<const Route> routes() {
    return kRoutes;
}

std::optional<std::map<std::string, std::string>> matchPath(std::string_view pattern, std::string_view path) {
    const auto wanted = segmentsOf(pattern);
    const auto given = segmentsOf(path);
    if (wanted.size() != given.size()) return std::nullopt;
    std::map<std::string, std::string> params;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (!matchSegment(wanted[i], given[i], params)) return std::nullopt;
    }
    return params;
}

std::string allowedMethods(std::string_view path) {
    std::string methods;
    for (const Route& route : kRoutes) {
        if (!matchPath(route.path, path)) continue;
        if (!methods.empty()) methods += ", ";
        methods += route.method;
    }
    return methods.empty() ? methods : methods + ", OPTIONS";
}

}  // namespace tessera
