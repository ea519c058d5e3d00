#include <algorithm>
#include <cctype>

#include "api/settings.h"

namespace tessera {
namespace {

struct SectionRow {
    std::string_view name;
    std::string_view sentence;
};

constexpr SectionRow kSections[] = {
    {"http", "The REST API and the page."},
    {"data", "What survives a restart."},
    {"log", "Lines on stderr."},
    {"auth", "Who may do what. Without jwt_secret, jwks_file and api_key everybody on this machine is admin."},
    {"webrtc", "Media from and to browsers."},
    {"rtp", "Sound from and to participants over plain RTP, such as room equipment and other servers."},
    {"rtmp", "Streams that senders push over RTMP, to sources of the kind rtmp."},
    {"media", "What a new meeting begins with."},
    {"gpu", "NVIDIA GPUs. Without one, or after the loss of one, everything happens on the CPU."},
    {"recordings", "What recordings leave free, and what is kept of finished ones."},
    {"files", "Files as sources."},
    {"sources", "Sources from networks."},
    {"upload", "Where finished recordings go besides."},
    {"webhooks", "Receivers of events."},
    {"limits", "What the server refuses to exceed."},
};

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

struct ToToml {
    Config& config;
    std::string operator()(Setting::IntegerField field) const { return std::to_string(field(config)); }
    std::string operator()(Setting::TextField field) const { return quoted(field(config)); }
    std::string operator()(Setting::ListField field) const {
        std::string out = "[";
        for (const auto& entry : field(config)) out += (out.size() > 1 ? ", " : "") + quoted(entry);
        return out + "]";
    }
};

std::string rangeText(const Setting& setting) {
    if (!std::holds_alternative<Setting::IntegerField>(setting.field)) return std::string(setting.typeName());
    return "integer, " + std::to_string(setting.minimum) + " to " + std::to_string(setting.maximum);
}

std::string wrappedComment(const std::string& text) {
    constexpr std::size_t kWidth = 110;
    std::string out;
    std::string line = "#";
    std::size_t at = 0;
    while (at < text.size()) {
        const auto end = std::min(text.find(' ', at), text.size());
        if (line.size() + 1 + (end - at) > kWidth) {
            out += line + "\n";
            line = "#";
        }
        line += " " + text.substr(at, end - at);
        at = end + 1;
    }
    return out + line + "\n";
}

std::string escapedForTable(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '|') out += '\\';
        out += c;
    }
    return out;
}

}  // namespace

std::string Setting::path() const {
    return std::string(section) + "." + std::string(key);
}

std::string Setting::environmentName() const {
    std::string name = "TESSERA_" + std::string(section) + "_" + std::string(key);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
    return name;
}

std::string_view Setting::typeName() const {
    if (std::holds_alternative<IntegerField>(field)) return "integer";
    return std::holds_alternative<TextField>(field) ? "text" : "list of texts";
}

std::string Setting::valueText(Config config) const {
    return std::visit(ToToml{config}, field);
}

std::string Setting::defaultText() const {
    return valueText(Config{});
}

std::string_view sectionSentence(std::string_view section) {
    for (const auto& row : kSections) {
        if (row.name == section) return row.sentence;
    }
    return {};
}

std::string sampleToml() {
    std::string out =
        "# Configuration of Tessera: every setting, explained, with its default. Start with\n"
        "#     tessera serve --config tessera.toml\n"
        "# and check with `tessera config check tessera.toml`. Each key can also be set by the environment variable "
        "named\n"
        "# with it, which wins; lists are separated by commas there.\n";
    std::string_view section;
    for (const auto& setting : settings()) {
        if (setting.section != section) {
            section = setting.section;
            out += "\n" + wrappedComment(std::string(sectionSentence(section))) + "[" + std::string(section) + "]\n";
        }
        out += "\n" + wrappedComment(std::string(setting.sentence) + " (" + rangeText(setting) + "; " +
                                     setting.environmentName() + ")");
        out += std::string(setting.key) + " = " + setting.defaultText() + "\n";
    }
    return out;
}

std::string settingsMarkdown() {
    std::string out = "| setting | type | default | what it does | environment |\n|---|---|---|---|---|\n";
    for (const auto& setting : settings()) {
        out += "| `" + setting.path() + "` | " + rangeText(setting) + " | `" + setting.defaultText() + "` | " +
               escapedForTable(setting.sentence) + " | `" + setting.environmentName() + "` |\n";
    }
    return out;
}

}  // namespace tessera
