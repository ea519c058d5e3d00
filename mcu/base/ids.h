#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "mcu/base/result.h"

namespace tessera {

/// 128 random bits of the kernel as 26 characters of base32 (lower case, no padding).
/// @source RFC 4648 section 6 (alphabet), getrandom(2)
/// @thread any
std::string randomToken();

/// True for 1 to 64 characters of [A-Za-z0-9_-]: what may stand in a URL's path and in a file's name.
bool isSafeName(std::string_view text);

/// A typed identifier, `<prefix>_<random>`; unguessable, since knowing one can be worth something.
/// `Tag` is a struct with `static constexpr std::string_view kPrefix`.
template <typename Tag>
class Id {
public:
    Id() = default;

    static Id create() { return Id(std::string(Tag::kPrefix) + "_" + randomToken()); }

    /// Takes any safe name: ids chosen by a caller ("main", "lobby") are legal.
    static Result<Id> fromString(std::string_view text) {
        if (!isSafeName(text)) return invalidArgument("id must be 1 to 64 characters of [A-Za-z0-9_-]", "id");
        return Id(std::string(text));
    }

    const std::string& toString() const { return text_; }
    bool isEmpty() const { return text_.empty(); }
    auto operator<=>(const Id&) const = default;

private:
    explicit Id(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

struct MeetingTag {
    static constexpr std::string_view kPrefix = "mtg";
};
struct ParticipantTag {
    static constexpr std::string_view kPrefix = "par";
};
struct SourceTag {
    static constexpr std::string_view kPrefix = "src";
};
struct ViewTag {
    static constexpr std::string_view kPrefix = "viw";
};
struct OverlayTag {
    static constexpr std::string_view kPrefix = "ovl";
};
struct OutputTag {
    static constexpr std::string_view kPrefix = "out";
};
struct RecordingTag {
    static constexpr std::string_view kPrefix = "rec";
};
struct PeerTag {
    static constexpr std::string_view kPrefix = "peer";
};

using MeetingId = Id<MeetingTag>;
using ParticipantId = Id<ParticipantTag>;
using SourceId = Id<SourceTag>;
using ViewId = Id<ViewTag>;
using OverlayId = Id<OverlayTag>;
using OutputId = Id<OutputTag>;
using RecordingId = Id<RecordingTag>;
using PeerId = Id<PeerTag>;

}  // namespace tessera

template <typename Tag>
struct std::hash<tessera::Id<Tag>> {
    std::size_t operator()(const tessera::Id<Tag>& id) const { return std::hash<std::string>()(id.toString()); }
};
