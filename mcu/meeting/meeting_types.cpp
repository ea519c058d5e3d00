#include "mcu/meeting/meeting_types.h"

#include <array>

namespace tessera {

std::string_view toString(MeetingState state) {
    switch (state) {
        case MeetingState::Scheduled: return "scheduled";
        case MeetingState::Live: return "live";
        case MeetingState::Ended: return "ended";
    }
    return "";
}

std::string_view toString(Role role) {
    switch (role) {
        case Role::Admin: return "admin";
        case Role::Operator: return "operator";
        case Role::Host: return "host";
        case Role::Presenter: return "presenter";
        case Role::Participant: return "participant";
        case Role::Guest: return "guest";
        case Role::Viewer: return "viewer";
    }
    return "";
}

std::string_view toString(ParticipantState state) {
    switch (state) {
        case ParticipantState::Joining: return "joining";
        case ParticipantState::Connected: return "connected";
        case ParticipantState::Reconnecting: return "reconnecting";
        case ParticipantState::Left: return "left";
    }
    return "";
}

std::optional<Role> roleFromString(std::string_view text) {
    for (const auto role :
         {Role::Admin, Role::Operator, Role::Host, Role::Presenter, Role::Participant, Role::Guest, Role::Viewer}) {
        if (text == toString(role)) return role;
    }
    return std::nullopt;
}

}  // namespace tessera
