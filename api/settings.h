#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/config.h"

namespace tessera {

/// One row of the table of settings: parsing, environment names, the sample file and the documentation derive from it.
struct Setting {
    using IntegerField = int& (*)(Config&);
    using TextField = std::string& (*)(Config&);
    using ListField = std::vector<std::string>& (*)(Config&);

    std::string_view section;
    std::string_view key;
    std::variant<IntegerField, TextField, ListField> field;
    std::string_view sentence;  ///< what it does, for the sample and the documentation
    int minimum = 0;            ///< of integers
    int maximum = 0;            ///< of integers; characters of texts, entries of lists
    /// What a text, or each entry of a list, must satisfy beyond its length; null = anything.
    Status (*check)(const std::string& text) = nullptr;
    bool isSecret = false;  ///< never logged, never shown

    std::string path() const;                    ///< "http.max_body_kb"
    std::string environmentName() const;         ///< "TESSERA_HTTP_MAX_BODY_KB"
    std::string_view typeName() const;           ///< "integer", "text" or "list of texts"
    std::string defaultText() const;             ///< as TOML: `256`, `"info"`, `[]`
    std::string valueText(Config config) const;  ///< as TOML
};

/// The one table of settings, in the order of the documentation; rows of a section are neighbours.
std::span<const Setting> settings();

/// What a section is about, one sentence.
std::string_view sectionSentence(std::string_view section);

/// The text of samples/tessera.toml.
std::string sampleToml();

/// The table of docs/configuration.md.
std::string settingsMarkdown();

}  // namespace tessera
