#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mcu/base/result.h"

namespace tessera {

/// What a parameter of a catalog row takes.
enum class ParamType { Text, Url, Secret, Integer, Number, Boolean, Choice };

/// The type's name in the REST API: "string" for Text, for Url, of which credentials are not shown again, and for
/// Secret, which is never shown again.
std::string_view toString(ParamType type);

/// One parameter of a catalog row: what the REST API accepts, checks and documents.
struct ParamRow {
    std::string_view name;  ///< snake_case, as in JSON
    ParamType type = ParamType::Text;
    std::string_view initial;  ///< the default as JSON; "" = it must be given
    std::string_view values;   ///< Choice: the choices, separated by " | "; others: in words
    std::string_view summary;
    double minimum = 0;  ///< Integer, Number: the least; Text, Url, Secret: bytes
    double maximum = 0;  ///< Integer, Number: the most; Text, Url, Secret: bytes
};

using ParamValue = std::variant<bool, std::int64_t, double, std::string>;

/// Values of a catalog row's parameters. Once completed, every row has its value and every value its row's type.
class Params {
public:
    void set(std::string_view name, ParamValue value);
    const ParamValue* find(std::string_view name) const;
    std::vector<std::string> names() const;

    /// The value; it is our own bug to ask for one that is not there, or for another type.
    bool flag(std::string_view name) const { return get<bool>(name); }
    std::int64_t integer(std::string_view name) const { return get<std::int64_t>(name); }
    double number(std::string_view name) const { return get<double>(name); }
    const std::string& text(std::string_view name) const { return get<std::string>(name); }

    bool operator==(const Params&) const = default;

private:
    template <typename T>
    const T& get(std::string_view name) const {
        const ParamValue* value = find(name);
        TESSERA_CHECK(value != nullptr && std::holds_alternative<T>(*value));
        return std::get<T>(*value);
    }

    std::map<std::string, ParamValue, std::less<>> values_;
};

/// Checks what was given against the rows and adds the defaults of what was not.
/// @error invalid_argument with `field`: unknown, missing, of another type, out of range or none of the choices
Result<Params> completeParams(std::span<const ParamRow> rows, const Params& given);

/// A row's default. @return nothing for one that must be given
std::optional<ParamValue> initialValue(const ParamRow& row);

}  // namespace tessera
