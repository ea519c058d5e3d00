#pragma once

#include <string>

#include "api/auth.h"
#include "api/store/store.h"

namespace tessera {

/// One changing request, as the audit log wants it.
struct AuditedChange {
    std::string action;   ///< "meeting.create", "view.update": noun and verb
    std::string subject;  ///< id of what was changed
    std::string from;     ///< address of the caller
    int status = 0;       ///< HTTP status of the reply
    std::string detail;   ///< at most 512 characters are kept; no secrets
};

/// Appends who did what, when and from where. Returns at once: the store's thread writes, and logs when it cannot.
/// @thread any
void audit(Store& store, const Identity& who, const AuditedChange& change);

}  // namespace tessera
