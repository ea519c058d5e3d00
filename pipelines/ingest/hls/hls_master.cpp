#include "pipelines/ingest/hls/hls_master.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace tessera {
namespace {

constexpr std::string_view kBegin = "#EXTM3U";
constexpr std::string_view kVariant = "#EXT-X-STREAM-INF:";
constexpr std::string_view kMedia = "#EXT-X-MEDIA:";

/// The line at the begin of `text`, which is taken off, without its end.
std::string_view takeLine(std::string_view& text) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    return line;
}

/// The value of an attribute, without its quotation marks; "" when there is none. @source RFC 8216 section 4.2
std::string_view attribute(std::string_view list, std::string_view name) {
    while (!list.empty()) {
        const auto equals = list.find('=');
        if (equals == std::string_view::npos) return {};
        auto key = list.substr(0, equals);
        while (key.starts_with(' ')) key.remove_prefix(1);
        list.remove_prefix(equals + 1);
        const bool isQuoted = list.starts_with('"');
        if (isQuoted) list.remove_prefix(1);
        const auto end = std::min(list.find(isQuoted ? '"' : ','), list.size());
        const auto value = list.substr(0, end);
        list.remove_prefix(std::min(end + 1, list.size()));
        if (isQuoted && list.starts_with(',')) list.remove_prefix(1);
        if (key == name) return value;
    }
    return {};
}

std::int64_t integer(std::string_view text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

struct Variant {
    std::string_view attributes, uri;
    std::int64_t bandwidth = 0;
};

bool fits(std::string_view resolution, Size largest) {
    const auto times = resolution.find('x');
    if (times == std::string_view::npos) return true;
    const auto width = integer(resolution.substr(0, times)), height = integer(resolution.substr(times + 1));
    return (width <= largest.width && height <= largest.height) || (width <= largest.height && height <= largest.width);
}

struct Master {
    std::vector<Variant> variants;
    std::vector<std::string_view> media;  ///< attributes
    std::vector<std::string_view> other;  ///< lines
};

Master read(std::string_view playlist) {
    Master master;
    while (!playlist.empty()) {
        const auto line = takeLine(playlist);
        if (line.starts_with(kVariant)) {
            const auto attributes = line.substr(kVariant.size());
            std::string_view uri;
            while (!playlist.empty() && (uri.empty() || uri.starts_with('#'))) uri = takeLine(playlist);
            if (uri.empty() || uri.starts_with('#')) continue;
            master.variants.push_back({attributes, uri, integer(attribute(attributes, "BANDWIDTH"))});
        } else if (line.starts_with(kMedia)) {
            master.media.push_back(line.substr(kMedia.size()));
        } else if (line.starts_with("#EXT-X-VERSION") || line.starts_with("#EXT-X-INDEPENDENT-SEGMENTS")) {
            master.other.push_back(line);
        }
    }
    return master;
}

const Variant* best(const Master& master, Size largest) {
    const Variant* chosen = nullptr;
    for (const Variant& each : master.variants) {
        if (!fits(attribute(each.attributes, "RESOLUTION"), largest)) continue;
        if (chosen == nullptr || each.bandwidth > chosen->bandwidth) chosen = &each;
    }
    return chosen;
}

/// The sound of a group that is to be heard: the default one, or else the first.
std::optional<std::string_view> soundOf(const Master& master, std::string_view group) {
    std::optional<std::string_view> chosen;
    for (const auto attributes : master.media) {
        if (attribute(attributes, "TYPE") != "AUDIO" || attribute(attributes, "GROUP-ID") != group) continue;
        if (attribute(attributes, "DEFAULT") == "YES") return attributes;
        if (!chosen) chosen = attributes;
    }
    return chosen;
}

}  // namespace

Result<std::string> chooseHlsVariant(std::string_view playlist, Size largest) {
    const auto bad = [](const char* what) { return Error{ErrorCode::Unreachable, what, {}}; };
    if (playlist.size() > kLongestHlsPlaylist) return bad("the playlist is too long");
    if (playlist.starts_with("\xEF\xBB\xBF")) playlist.remove_prefix(3);
    if (!playlist.starts_with(kBegin)) return bad("what was answered is no playlist");
    const bool isMaster = playlist.find(kVariant) != std::string_view::npos;
    if (!isMaster) return std::string(playlist);
    const Master master = read(playlist);
    if (master.variants.empty()) return bad("the playlist names no stream");
    const Variant* chosen = best(master, largest);
    if (chosen == nullptr) {
        return unsupported("the playlist has nothing of " + std::to_string(largest.width) + "x" +
                           std::to_string(largest.height) + " or less");
    }
    std::string text(kBegin);
    text += '\n';
    for (const auto line : master.other) text.append(line).append("\n");
    const auto group = attribute(chosen->attributes, "AUDIO");
    const auto sound = group.empty() ? std::nullopt : soundOf(master, group);
    if (sound) text.append(kMedia).append(*sound).append("\n");
    text.append(kVariant).append(chosen->attributes).append("\n").append(chosen->uri).append("\n");
    return text;
}

}  // namespace tessera
