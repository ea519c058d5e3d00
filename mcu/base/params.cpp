#include "mcu/base/params.h"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace tessera {
namespace {

Error fault(const ParamRow& row, const std::string& what) {
    return invalidArgument(std::string(row.name) + " " + what, std::string(row.name));
}

std::string inWords(double number) {
    char digits[32];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
    return {digits, end};
}

bool isChoice(std::string_view choices, std::string_view value) {
    constexpr std::string_view kBetween = " | ";
    while (!choices.empty()) {
        const auto end = std::min(choices.find(kBetween), choices.size());
        if (choices.substr(0, end) == value) return true;
        choices.remove_prefix(std::min(end + kBetween.size(), choices.size()));
    }
    return false;
}

Result<ParamValue> checkNumber(const ParamRow& row, const ParamValue& value) {
    const auto* whole = std::get_if<std::int64_t>(&value);
    const auto* number = std::get_if<double>(&value);
    if (row.type == ParamType::Integer && whole == nullptr) return fault(row, "must be an integer");
    if (whole == nullptr && number == nullptr) return fault(row, "must be a number");
    const double amount = whole != nullptr ? static_cast<double>(*whole) : *number;
    if (!(amount >= row.minimum && amount <= row.maximum)) {
        return fault(row, "must be " + inWords(row.minimum) + " to " + inWords(row.maximum));
    }
    if (row.type == ParamType::Number) return ParamValue(amount);
    return value;
}

Result<ParamValue> checkText(const ParamRow& row, const ParamValue& value) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) return fault(row, "must be a string");
    if (row.type == ParamType::Choice) {
        if (!isChoice(row.values, *text)) return fault(row, "must be one of " + std::string(row.values));
        return value;
    }
    const auto bytes = static_cast<double>(text->size());
    if (bytes < row.minimum || bytes > row.maximum) {
        return fault(row, "must have " + inWords(row.minimum) + " to " + inWords(row.maximum) + " bytes");
    }
    return value;
}

Result<ParamValue> checked(const ParamRow& row, const ParamValue& value) {
    switch (row.type) {
        case ParamType::Boolean:
            if (!std::holds_alternative<bool>(value)) return fault(row, "must be true or false");
            return value;
        case ParamType::Integer:
        case ParamType::Number: return checkNumber(row, value);
        case ParamType::Text:
        case ParamType::Url:
        case ParamType::Secret:
        case ParamType::Choice: return checkText(row, value);
    }
    return value;
}

}  // namespace

std::string_view toString(ParamType type) {
    switch (type) {
        case ParamType::Text:
        case ParamType::Url:
        case ParamType::Secret: return "string";
        case ParamType::Integer: return "integer";
        case ParamType::Number: return "number";
        case ParamType::Boolean: return "boolean";
        case ParamType::Choice: return "choice";
    }
    return "";
}

void Params::set(std::string_view name, ParamValue value) {
    values_.insert_or_assign(std::string(name), std::move(value));
}

const ParamValue* Params::find(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? nullptr : &found->second;
}

std::vector<std::string> Params::names() const {
    std::vector<std::string> names;
    for (const auto& [name, value] : values_) names.push_back(name);
    return names;
}

std::optional<ParamValue> initialValue(const ParamRow& row) {
    if (row.initial.empty()) return std::nullopt;
    switch (row.type) {
        case ParamType::Boolean: return row.initial == "true";
        case ParamType::Integer: {
            std::int64_t value = 0;
            std::from_chars(row.initial.data(), row.initial.data() + row.initial.size(), value);
            return value;
        }
        case ParamType::Number: return std::stod(std::string(row.initial));
        case ParamType::Text:
        case ParamType::Url:
        case ParamType::Secret:
        case ParamType::Choice: break;
    }
    TESSERA_CHECK(row.initial.size() >= 2 && row.initial.front() == '"' && row.initial.back() == '"');
    return std::string(row.initial.substr(1, row.initial.size() - 2));
}

Result<Params> completeParams(std::span<const ParamRow> rows, const Params& given) {
    Params complete;
    for (const ParamRow& row : rows) {
        const ParamValue* value = given.find(row.name);
        if (value != nullptr) {
            auto good = checked(row, *value);
            if (!good) return good.error();
            complete.set(row.name, std::move(good).value());
        } else if (auto initial = initialValue(row)) {
            complete.set(row.name, std::move(*initial));
        } else {
            return fault(row, "is missing");
        }
    }
    for (const auto& name : given.names()) {
        if (complete.find(name) == nullptr) return invalidArgument("there is no parameter " + name, name);
    }
    return complete;
}

}  // namespace tessera
