#include "api/json_params.h"

#include "mcu/base/url_text.h"

namespace tessera {
namespace {

/// What JSON holds, whatever the row asks for: completeParams says what is wrong with it.
std::optional<ParamValue> valueOf(const Json& json) {
    if (json.is_boolean()) return json.get<bool>();
    if (json.is_number_integer()) return json.get<std::int64_t>();
    if (json.is_number()) return json.get<double>();
    if (json.is_string()) return json.get<std::string>();
    return std::nullopt;
}

Json shown(const ParamRow& row, const ParamValue& value) {
    if (row.type == ParamType::Secret) return std::get<std::string>(value).empty() ? Json() : Json("***");
    if (row.type == ParamType::Url) return withoutCredentials(std::get<std::string>(value));
    return std::visit([](const auto& held) { return Json(held); }, value);
}

}  // namespace

Params readParams(ObjectReader& reader, std::span<const ParamRow> rows) {
    Params given;
    for (const ParamRow& row : rows) {
        const Json* member = reader.find(row.name);
        if (member == nullptr || member->is_null()) continue;
        if (auto value = valueOf(*member)) {
            given.set(row.name, std::move(*value));
        } else {
            reader.fail(row.name, "must be a " + std::string(toString(row.type)));
        }
    }
    auto complete = completeParams(rows, given);
    if (complete) return std::move(complete).value();
    Error error = complete.error();
    error.field = reader.pathOf(error.field);
    reader.fail(std::move(error));
    return {};
}

Json toJson(const Params& params, std::span<const ParamRow> rows) {
    Json json = Json::object();
    for (const ParamRow& row : rows) {
        const ParamValue* value = params.find(row.name);
        if (value != nullptr) json[row.name] = shown(row, *value);
    }
    return json;
}

Json describeParams(std::span<const ParamRow> rows) {
    Json described = Json::array();
    for (const ParamRow& row : rows) {
        Json json = {{"name", row.name},
                     {"type", toString(row.type)},
                     {"values", row.values},
                     {"required", row.initial.empty()},
                     {"default", row.initial.empty() ? Json() : Json::parse(row.initial)},
                     {"summary", row.summary}};
        if (row.type == ParamType::Integer || row.type == ParamType::Number) {
            json["minimum"] = row.minimum;
            json["maximum"] = row.maximum;
        }
        described.push_back(std::move(json));
    }
    return described;
}

}  // namespace tessera
