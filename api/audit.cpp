#include "api/audit.h"

namespace tessera {

void audit(Store& store, const Identity& who, const AuditedChange& change) {
    constexpr std::size_t kMaximumDetail = 512;
    AuditEntry entry;
    entry.who = who.subject;
    entry.role = toString(who.role);
    entry.via = toString(who.via);
    entry.action = change.action;
    entry.subject = change.subject;
    entry.from = change.from;
    entry.status = change.status;
    entry.detail = change.detail.substr(0, kMaximumDetail);
    store.appendAudit(std::move(entry));
}

}  // namespace tessera
