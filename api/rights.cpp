#include <algorithm>
#include <array>

#include "api/auth.h"

namespace tessera {
namespace {

struct RightRow {
    Right right;
    std::string_view name;
    std::string_view meaning;
    std::array<bool, 7> roles;  ///< in the order of kRoles
};

constexpr std::array kRoles = {Role::Admin,       Role::Operator, Role::Host,  Role::Presenter,
                               Role::Participant, Role::Guest,    Role::Viewer};

// Columns: admin, operator, host, presenter, participant, guest, viewer.
constexpr std::array kRights = {
    RightRow{Right::Administer, "administer", "read the audit log", {1, 0, 0, 0, 0, 0, 0}},
    RightRow{Right::ListMeetings, "list_meetings", "list all meetings", {1, 1, 0, 0, 0, 0, 0}},
    RightRow{Right::CreateMeeting, "create_meeting", "create and delete meetings", {1, 1, 0, 0, 0, 0, 0}},
    RightRow{Right::ReadMeeting, "read_meeting", "see the meeting, who and what is in it", {1, 1, 1, 1, 1, 1, 1}},
    RightRow{Right::ControlMeeting,
             "control_meeting",
             "start, end and lock it; layouts, views and sources; mute and remove people",
             {1, 1, 1, 0, 0, 0, 0}},
    RightRow{Right::ReadStats, "read_stats", "see statistics", {1, 1, 1, 0, 0, 0, 0}},
    RightRow{Right::ReadEvents, "read_events", "hear what happens", {1, 1, 1, 0, 0, 0, 0}},
    RightRow{Right::ManageWebhooks, "manage_webhooks", "say who else is told of events", {1, 1, 0, 0, 0, 0, 0}},
    RightRow{Right::Record, "record", "start and stop outputs", {1, 1, 1, 0, 0, 0, 0}},
    RightRow{Right::ReadRecordings, "read_recordings", "list and download recordings", {1, 1, 1, 0, 0, 0, 0}},
    RightRow{Right::DeleteRecordings, "delete_recordings", "delete recordings", {1, 1, 0, 0, 0, 0, 0}},
    RightRow{Right::MintToken, "mint_token", "make tokens for roles no wider than one's own", {1, 1, 1, 0, 0, 0, 0}},
    RightRow{Right::Receive, "receive", "get picture and sound", {1, 1, 1, 1, 1, 1, 1}},
    RightRow{Right::Send, "send", "send camera and microphone", {1, 1, 1, 1, 1, 1, 0}},
    RightRow{Right::ShareScreen, "share_screen", "send a screen", {1, 1, 1, 1, 0, 0, 0}},
    RightRow{Right::UpdateSelf, "update_self", "change one's own name, muting, raised hand and consent to be recorded", {1, 1, 1, 1, 1, 1, 0}},
};

constexpr auto kRightValues = [] {
    std::array<Right, kRights.size()> values{};
    for (std::size_t i = 0; i < kRights.size(); ++i) values[i] = kRights[i].right;
    return values;
}();

const RightRow& rowOf(Right right) {
    const auto row = std::find_if(kRights.begin(), kRights.end(), [&](const RightRow& r) { return r.right == right; });
    TESSERA_CHECK(row != kRights.end());
    return *row;
}

Error forbidden(std::string message) {
    return {ErrorCode::Forbidden, std::move(message), {}};
}

}  // namespace

std::string_view toString(Right right) {
    return rowOf(right).name;
}

std::span<const Right> allRights() {
    return kRightValues;
}

std::span<const Role> allRoles() {
    return kRoles;
}

bool mayEver(Role role, Right right) {
    const auto column = std::find(kRoles.begin(), kRoles.end(), role) - kRoles.begin();
    return rowOf(right).roles[static_cast<std::size_t>(column)];
}

Status authorize(const Identity& identity, Right right, std::string_view meeting) {
    const auto& row = rowOf(right);
    if (!mayEver(identity.role, right)) {
        return forbidden("the role " + std::string(toString(identity.role)) + " may not " + std::string(row.meaning));
    }
    if (identity.meeting == "*" || (!meeting.empty() && identity.meeting == meeting)) return kOk;
    return forbidden(meeting.empty() ? "the credential is for one meeting only"
                                     : "the credential is for another meeting");
}

std::string rightsMarkdown() {
    std::string out = "| right |";
    std::string rule = "|---|";
    for (const auto role : kRoles) {
        out += " " + std::string(toString(role)) + " |";
        rule += ":-:|";
    }
    out += "\n" + rule + "\n";
    for (const auto& row : kRights) {
        out += "| `" + std::string(row.name) + "`: " + std::string(row.meaning) + " |";
        for (const bool allowed : row.roles) out += allowed ? " yes |" : "  |";
        out += "\n";
    }
    return out;
}

}  // namespace tessera
