#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mcu/base/ids.h"
#include "mcu/meeting/meeting_types.h"

namespace tessera {

// What the store keeps: plain values. Times are milliseconds since 1970, UTC; 0 = not yet.

struct MeetingRecord {
    MeetingId id;
    MeetingState state = MeetingState::Scheduled;
    std::string settings = "{}";  ///< JSON object, the caller's own format
    std::int64_t createdAtMs = 0;
    std::int64_t startedAtMs = 0;
    std::int64_t endedAtMs = 0;
};

enum class RecordingState { Recording, Finalizing, Ready, Failed };
std::string_view toString(RecordingState state);
std::optional<RecordingState> recordingStateFromString(std::string_view text);

struct RecordingFile {
    std::string name;  ///< inside the recording's folder
    std::string kind;  ///< mp4 | mkv | poster | manifest | score | cut_list | otio
    std::int64_t bytes = 0;
    std::int64_t durationMs = 0;               ///< of media
    std::string sha256;                        ///< empty until it is finished
    std::optional<std::int64_t> beginsAtMs{};  ///< of media: meeting time of its time 0
    bool operator==(const RecordingFile&) const = default;
};

struct RecordingRecord {
    RecordingId id;
    MeetingId meeting;
    OutputId output;
    RecordingState state = RecordingState::Recording;
    std::vector<RecordingFile> files{{.name = "recording.mp4", .kind = "mp4"}};  ///< media first, oldest first
    std::int64_t durationMs = 0;                                                 ///< of all media
    std::int64_t startedAtMs = 0;
    std::int64_t finishedAtMs = 0;
    std::string error;   ///< why it failed
    std::string render;  ///< JSON object of what it was rendered from, see json_render.h; empty: it was recorded
};

struct AuditEntry {
    std::int64_t sequence = 0;  ///< given by the store
    std::int64_t atMs = 0;
    std::string who;  ///< subject of the identity
    std::string role;
    std::string via;  ///< open | token | key
    std::string action;
    std::string subject;
    std::string from;
    int status = 0;
    std::string detail;
};

struct WebhookTag {
    static constexpr std::string_view kPrefix = "hook";
};
using WebhookId = Id<WebhookTag>;

/// Who else is told of events.
struct WebhookRecord {
    WebhookId id;
    std::string url;
    std::vector<std::string> events{"*"};  ///< patterns of types
    std::string meeting;                   ///< empty = all, and the server
    std::string secret;
    bool enabled = true;
    std::int64_t createdAtMs = 0;
};

/// A message that its receiver has not taken yet.
struct DeliveryRecord {
    WebhookId webhook;
    std::string event;  ///< its id
    std::string body;
    std::int64_t createdAtMs = 0;
};

/// Done: the target holds it. Moved: besides, the local files are gone.
enum class UploadState { Waiting, Done, Moved, Failed };
std::string_view toString(UploadState state);

/// A recording on its way to one target.
struct UploadRecord {
    RecordingId recording;
    std::string target;  ///< a name of the configuration
    UploadState state = UploadState::Waiting;
    std::string progress = "{}";  ///< JSON object, the uploader's own format
    std::string error;            ///< the last one
    std::int64_t createdAtMs = 0;
    std::int64_t finishedAtMs = 0;
};

/// Which part of a list. `cursor` comes from the page before; empty = the first.
struct PageRequest {
    int limit = 50;  ///< 1 to 200
    std::string cursor;
};

template <typename T>
struct Page {
    std::vector<T> items;
    std::optional<std::string> nextCursor;
    std::int64_t total = 0;
};

/// The reply that an Idempotency-Key repeats.
struct RememberedReply {
    int status = 0;
    std::string location;  ///< header; may be empty
    std::string body;
};

/// What is known of an Idempotency-Key when a request arrives with it.
struct IdempotencyClaim {
    enum class State {
        Fresh,       ///< now this request's: finish with completeIdempotencyKey or releaseIdempotencyKey
        InProgress,  ///< another request with the key is being served: 409
        Done,        ///< `reply` is to be sent again
        Mismatch,    ///< the key was used for another request: 422
    };
    State state = State::Fresh;
    RememberedReply reply;
};

}  // namespace tessera
