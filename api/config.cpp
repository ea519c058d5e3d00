#include "api/config.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>
#include <toml++/toml.h>

#include "api/settings.h"

namespace tessera {
namespace {

constexpr std::size_t kMaximumFileBytes = 1U << 20U;

Error badSetting(const Setting& setting, const std::string& why) {
    return invalidArgument(setting.path() + ": " + why, setting.path());
}

std::string outOfRange(const Setting& setting) {
    return "must be " + std::to_string(setting.minimum) + " to " + std::to_string(setting.maximum);
}

Status setInteger(const Setting& setting, Config& config, std::int64_t value) {
    if (value < setting.minimum || value > setting.maximum) return badSetting(setting, outOfRange(setting));
    std::get<Setting::IntegerField>(setting.field)(config) = static_cast<int>(value);
    return kOk;
}

Status checkText(const Setting& setting, const std::string& value) {
    const auto isControl = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
    if (std::any_of(value.begin(), value.end(), isControl)) {
        return badSetting(setting, "must not hold control characters");
    }
    if (setting.check == nullptr) return kOk;
    if (const auto checked = setting.check(value); !checked) return badSetting(setting, checked.error().message);
    return kOk;
}

Status setText(const Setting& setting, Config& config, const std::string& value) {
    if (value.size() > static_cast<std::size_t>(setting.maximum)) {
        return badSetting(setting, "must have at most " + std::to_string(setting.maximum) + " characters");
    }
    TESSERA_TRY(checkText(setting, value));
    std::get<Setting::TextField>(setting.field)(config) = value;
    return kOk;
}

Status setList(const Setting& setting, Config& config, const std::vector<std::string>& values) {
    if (values.size() > static_cast<std::size_t>(setting.maximum)) {
        return badSetting(setting, "must have at most " + std::to_string(setting.maximum) + " entries");
    }
    for (const auto& value : values) TESSERA_TRY(checkText(setting, value));
    std::get<Setting::ListField>(setting.field)(config) = values;
    return kOk;
}

Status setFromNode(const Setting& setting, Config& config, const toml::node& node) {
    const auto wrongType = [&] { return badSetting(setting, "must be " + std::string(setting.typeName())); };
    if (std::holds_alternative<Setting::IntegerField>(setting.field)) {
        const auto* value = node.as_integer();
        return value != nullptr ? setInteger(setting, config, value->get()) : Status(wrongType());
    }
    if (std::holds_alternative<Setting::TextField>(setting.field)) {
        const auto* value = node.as_string();
        return value != nullptr ? setText(setting, config, value->get()) : Status(wrongType());
    }
    const auto* array = node.as_array();
    if (array == nullptr) return wrongType();
    std::vector<std::string> values;
    for (const auto& entry : *array) {
        const auto* value = entry.as_string();
        if (value == nullptr) return wrongType();
        values.push_back(value->get());
    }
    return setList(setting, config, values);
}

std::vector<std::string> splitList(const std::string& text) {
    std::vector<std::string> values;
    std::istringstream stream(text);
    for (std::string entry; std::getline(stream, entry, ',');) {
        const auto first = entry.find_first_not_of(' ');
        if (first == std::string::npos) continue;
        values.push_back(entry.substr(first, entry.find_last_not_of(' ') - first + 1));
    }
    return values;
}

Status setFromEnvironment(const Setting& setting, Config& config, const std::string& text) {
    if (std::holds_alternative<Setting::TextField>(setting.field)) return setText(setting, config, text);
    if (std::holds_alternative<Setting::ListField>(setting.field)) return setList(setting, config, splitList(text));
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range) return badSetting(setting, outOfRange(setting));
    if (error != std::errc() || end != text.data() + text.size()) {
        return badSetting(setting,
                          "must be integer, and is \"" + text.substr(0, 40) + "\" in " + setting.environmentName());
    }
    return setInteger(setting, config, value);
}

/// Insertions, removals and exchanges that turn `a` into `b`. @source Wagner and Fischer 1974, one row at a time
std::size_t editDistance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const auto exchanged = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({exchanged, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row[b.size()];
}

/// @param name  what a row is called: its path, or its environment variable
template <typename Name>
const Setting& nearestSetting(const std::string& text, Name name) {
    return *std::min_element(settings().begin(), settings().end(), [&](const Setting& a, const Setting& b) {
        return editDistance(text, name(a)) < editDistance(text, name(b));
    });
}

Error unknownKey(const std::string& path) {
    const std::string shown = path.substr(0, 100);
    const auto nearest = nearestSetting(shown, [](const Setting& setting) { return setting.path(); }).path();
    return invalidArgument(shown + ": no such setting; did you mean " + nearest + "?", shown);
}

Status readTable(const toml::table& root, Config& config) {
    for (const auto& [section, node] : root) {
        const auto* table = node.as_table();
        if (table == nullptr) return unknownKey(std::string(section.str()));
        if (sectionSentence(section.str()).empty()) {
            const auto first = table->begin();
            return unknownKey(std::string(section.str()) +
                              (first == table->end() ? "" : "." + std::string(first->first.str())));
        }
        for (const auto& [key, value] : *table) {
            const auto path = std::string(section.str()) + "." + std::string(key.str());
            const auto row = std::find_if(settings().begin(), settings().end(),
                                          [&](const Setting& setting) { return setting.path() == path; });
            if (row == settings().end()) return unknownKey(path);
            TESSERA_TRY(setFromNode(*row, config, value));
        }
    }
    return kOk;
}

Status checkWhole(const Config& config) {
    if (config.webrtc.portMin > config.webrtc.portMax) {
        return invalidArgument("webrtc.port_min: must not be above webrtc.port_max", "webrtc.port_min");
    }
    if (config.media.canvasWidth % 2 != 0) {
        return invalidArgument("media.canvas_width: must be even", "media.canvas_width");
    }
    if (config.media.canvasHeight % 2 != 0) {
        return invalidArgument("media.canvas_height: must be even", "media.canvas_height");
    }
    const auto address = parseListenAddress(config.http.listen);
    if (!address->isLoopback() && !config.hasSecret()) {
        return invalidArgument("http.listen: " + config.http.listen +
                                   " can be reached from other machines, so callers must prove who they are: set "
                                   "auth.jwt_secret, auth.jwks_file or auth.api_key, or listen on 127.0.0.1",
                               "http.listen");
    }
    return kOk;
}

Result<toml::table> parseToml(std::string_view text) {
    try {
        return toml::parse(text);
    } catch (const toml::parse_error& error) {
        return invalidArgument("line " + std::to_string(error.source().begin.line) + ": " +
                               std::string(error.description()));
    }
}

}  // namespace

Result<Config> parseConfig(std::string_view toml, const EnvironmentLookup& environment) {
    if (toml.size() > kMaximumFileBytes) return invalidArgument("the configuration is larger than 1 MiB");
    const auto table = parseToml(toml);
    if (!table) return table.error();
    Config config;
    TESSERA_TRY(readTable(*table, config));
    for (const auto& setting : settings()) {
        if (const auto value = environment(setting.environmentName())) {
            TESSERA_TRY(setFromEnvironment(setting, config, *value));
        }
    }
    TESSERA_TRY(checkWhole(config));
    return config;
}

Result<Config> loadConfig(const std::string& path, const EnvironmentLookup& environment) {
    if (path.empty()) return parseConfig("", environment);
    std::ifstream file(path, std::ios::binary);
    std::string text(kMaximumFileBytes + 1, '\0');
    if (!file.read(text.data(), static_cast<std::streamsize>(text.size())) && !file.eof()) {
        return notFound("the configuration file " + path + " cannot be read");
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    return parseConfig(text, environment);
}

std::vector<std::string> configWarnings(const Config& config) {
    std::vector<std::string> warnings;
    // RFC 7518 section 3.2: the key of HS256 must be as long as its hash.
    if (!config.auth.jwtSecret.empty() && config.auth.jwtSecret.size() < 32) {
        warnings.emplace_back("auth.jwt_secret is shorter than 32 bytes: tokens could be forged by guessing it");
    }
    if (!config.auth.apiKey.empty() && config.auth.apiKey.size() < 20) {
        warnings.emplace_back("auth.api_key is shorter than 20 characters: it could be guessed");
    }
    return warnings;
}

std::vector<std::string> environmentWarnings(const std::vector<std::string>& names) {
    const auto nameOf = [](const Setting& setting) { return setting.environmentName(); };
    std::vector<std::string> warnings;
    for (const auto& name : names) {
        const auto isOf = [&](const Setting& setting) {
            const auto known = setting.environmentName();
            return name.starts_with(known.substr(0, known.size() - setting.key.size()));
        };
        const auto isKnown = [&](const Setting& setting) { return setting.environmentName() == name; };
        if (std::any_of(settings().begin(), settings().end(), isOf) &&
            std::none_of(settings().begin(), settings().end(), isKnown)) {
            const std::string shown = name.substr(0, 100);
            warnings.push_back("the environment variable " + shown + " is no setting; did you mean " +
                               nearestSetting(shown, nameOf).environmentName() + "?");
        }
    }
    return warnings;
}

}  // namespace tessera
