#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "mcu/base/result.h"
#include "mcu/meeting/meeting_types.h"

#include "api/auth/api_key.h"
#include "api/auth/jwks.h"
#include "api/config.h"

namespace tessera {

/// How a caller proved who they are. Open: no secret is configured, everybody on this machine is admin.
enum class Via { Open, Token, Key };
std::string_view toString(Via via);

/// Who calls.
struct Identity {
    std::string subject;  ///< `sub` of the token, or the id of the key, or "local"
    std::string name;     ///< to show
    Role role = Role::Viewer;
    std::string meeting = "*";  ///< the one meeting it is valid for, or "*" for all
    Via via = Via::Open;
};

/// What a call needs. A call about one meeting names it; the others need a credential for all meetings.
enum class Right {
    Administer,      ///< audit log, keys, shutting down
    ListMeetings,    ///< across all meetings
    CreateMeeting,   ///< create and delete
    ReadMeeting,     ///< the meeting and who and what is in it
    ControlMeeting,  ///< start, end, lock, layouts, views, sources, other people's muting, removing people
    ReadStats,       ///< stats of a meeting, or of the server
    ReadEvents,      ///< what happens in a meeting, or in the server
    ManageWebhooks,  ///< who else is told of events
    Record,          ///< start and stop outputs
    ReadRecordings,  ///< list and download
    DeleteRecordings,
    MintToken,  ///< for roles no wider than one's own
    Receive,    ///< picture and sound
    Send,       ///< camera and microphone
    ShareScreen,
    UpdateSelf,  ///< one's own name, muting and raised hand
};
std::string_view toString(Right right);
std::span<const Right> allRights();
std::span<const Role> allRoles();  ///< widest first

/// The table role x right.
bool mayEver(Role role, Right right);

/// Whether `identity` may do `right` in `meeting`; an empty `meeting` means the server as a whole.
/// @error forbidden
Status authorize(const Identity& identity, Right right, std::string_view meeting = {});

/// The table role x right as docs/security.md shows it.
std::string rightsMarkdown();

/// What a minted token shall say.
struct TokenRequest {
    std::string subject;  ///< empty = a random one
    std::string name;
    std::string meeting = "*";
    Role role = Role::Participant;
    std::chrono::seconds ttl = std::chrono::hours(1);  ///< 1 s to 30 days
};

struct MintedToken {
    std::string token;
    std::string subject;
    std::int64_t expiresAt = 0;  ///< seconds since 1970
};

/// Seconds since 1970.
using WallClock = std::function<std::int64_t()>;
std::int64_t wallClockSeconds();

/// Checks credentials and mints tokens. Immutable after creation.
/// @thread any but tick threads; checking an API key asks the store
class Authenticator {
public:
    /// Finds a stored key by its hash.
    using KeyLookup = std::function<Result<std::optional<StoredKey>>(const std::string& hash)>;

    /// @param keys  null = no stored keys
    /// @param hasStoredKeys  with one, credentials are asked for even without a configured secret
    /// @error invalid_argument (`field` names the key): the JWKS file cannot be read or used
    static Result<std::unique_ptr<Authenticator>> create(const Config::Auth& config, KeyLookup keys, bool hasStoredKeys,
                                                         WallClock clock = wallClockSeconds);

    /// Who sends this `Authorization` header ("Bearer ..."; empty when there was none).
    /// @error unauthorized; timeout or internal when the store does not answer
    Result<Identity> authenticate(std::string_view authorization) const;

    /// @error unsupported: auth.jwt_secret is not set; invalid_argument
    Result<MintedToken> mint(const TokenRequest& request) const;

    /// As mint, on behalf of a caller: not for a wider role or another meeting than the caller's own.
    /// @error forbidden, and those of mint
    Result<MintedToken> mintFor(const Identity& caller, const TokenRequest& request) const;

    /// True when nothing is configured to check against: every caller is admin.
    bool isOpen() const { return open_; }

private:
    Authenticator() = default;
    Result<Identity> authenticateKey(std::string_view key) const;
    Result<Identity> authenticateToken(std::string_view token) const;

    KeyLookup keys_;
    WallClock clock_;
    Config::Auth config_;
    std::string bootstrapKeyHash_;
    Jwks jwks_;
    bool open_ = false;
};

}  // namespace tessera
