#include "api/json.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "api/timestamp.h"

namespace tessera {

namespace {

/// Follows the parser and remembers what makes a text unacceptable though it is JSON.
class Strictness {
public:
    bool operator()(int depth, Json::parse_event_t event, Json& value) {
        if (depth > kMaximumJsonDepth) fault = "it is nested deeper than " + std::to_string(kMaximumJsonDepth);
        if (event == Json::parse_event_t::object_start) names_.emplace_back();
        if (event == Json::parse_event_t::object_end) names_.pop_back();
        if (event == Json::parse_event_t::key && !names_.back().insert(value.get<std::string>()).second) {
            fault = "the name \"" + value.get<std::string>() + "\" stands twice in one object";
        }
        return true;
    }
    std::string fault;

private:
    std::vector<std::set<std::string>> names_;
};

}  // namespace

Result<Json> parseJsonObject(std::string_view text) {
    Strictness strictness;
    Json parsed;
    try {
        parsed = Json::parse(text, [&strictness](int depth, Json::parse_event_t event, Json& value) {
            return strictness(depth, event, value);
        });
    } catch (const Json::parse_error& error) {
        return invalidArgument("the body is not JSON: error at byte " + std::to_string(error.byte));
    } catch (const Json::exception&) {
        return invalidArgument("the body is not JSON");
    }
    if (!strictness.fault.empty()) return invalidArgument("the body is refused: " + strictness.fault);
    if (!parsed.is_object()) return invalidArgument("the body must be a JSON object");
    return parsed;
}

std::string toText(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

ObjectReader::ObjectReader(const Json& object, std::string path) : object_(object), path_(std::move(path)) {}

const Json* ObjectReader::find(std::string_view name) {
    known_.push_back(name);
    const auto it = object_.find(name);
    return it == object_.end() ? nullptr : &*it;
}

std::string ObjectReader::pathOf(std::string_view name) const {
    return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
}

void ObjectReader::fail(Error error) {
    if (!error_) error_ = std::move(error);
}

void ObjectReader::fail(std::string_view name, std::string message) {
    const std::string path = pathOf(name);
    fail(invalidArgument(path + " " + std::move(message), path));
}

void ObjectReader::read(std::string_view name, std::string& value, TextLimits limits) {
    const Json* member = find(name);
    if (member == nullptr) return;
    if (!member->is_string()) return fail(name, "must be a text");
    const auto& text = member->get_ref<const std::string&>();
    if (text.size() < limits.minimum || text.size() > limits.maximum) {
        return fail(name,
                    "must have " + std::to_string(limits.minimum) + " to " + std::to_string(limits.maximum) + " bytes");
    }
    const bool hasControls =
        std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
    if (hasControls) return fail(name, "must not contain control characters");
    value = text;
}

void ObjectReader::read(std::string_view name, bool& value) {
    const Json* member = find(name);
    if (member == nullptr) return;
    if (!member->is_boolean()) return fail(name, "must be true or false");
    value = member->get<bool>();
}

void ObjectReader::read(std::string_view name, int& value, IntegerRange range) {
    const Json* member = find(name);
    if (member == nullptr) return;
    const std::string words =
        "must be an integer from " + std::to_string(range.minimum) + " to " + std::to_string(range.maximum);
    if (!member->is_number_integer()) return fail(name, words);
    const bool tooLarge = member->is_number_unsigned() && member->get<std::uint64_t>() > INT32_MAX;
    if (tooLarge) return fail(name, words);
    const auto number = member->get<std::int64_t>();
    if (number < range.minimum || number > range.maximum) return fail(name, words);
    value = static_cast<int>(number);
}

void ObjectReader::read(std::string_view name, double& value, NumberRange range) {
    const Json* member = find(name);
    if (member == nullptr) return;
    const double number = member->is_number() ? member->get<double>() : std::nan("");
    if (!(number >= range.minimum && number <= range.maximum)) {
        return fail(name, "must be a number from " + toText(range.minimum) + " to " + toText(range.maximum));
    }
    value = number;
}

void ObjectReader::readChoice(std::string_view name, std::string& value,
                              std::initializer_list<std::string_view> choices) {
    const Json* member = find(name);
    if (member == nullptr) return;
    const std::string text = member->is_string() ? member->get<std::string>() : "";
    if (std::find(choices.begin(), choices.end(), text) == choices.end()) {
        std::string words;
        for (const std::string_view choice : choices) words += (words.empty() ? "" : ", ") + std::string(choice);
        return fail(name, "must be one of: " + words);
    }
    value = text;
}

void ObjectReader::readTime(std::string_view name, std::int64_t& value) {
    const Json* member = find(name);
    if (member == nullptr) return;
    if (member->is_null()) {
        value = 0;
        return;
    }
    const auto time = member->is_string() ? parseTimestamp(member->get<std::string>()) : std::nullopt;
    if (!time) return fail(name, "must be a time such as 2025-01-31T12:00:00Z");
    value = *time;
}

const Json* ObjectReader::object(std::string_view name) {
    const Json* member = find(name);
    if (member == nullptr || member->is_object()) return member;
    fail(name, "must be an object");
    return nullptr;
}

const Json* ObjectReader::array(std::string_view name, std::size_t maximum) {
    const Json* member = find(name);
    if (member == nullptr || (member->is_array() && member->size() <= maximum)) return member;
    fail(name, "must be an array of at most " + std::to_string(maximum) + " entries");
    return nullptr;
}

void ObjectReader::require(std::string_view name) {
    if (!object_.contains(name)) fail(name, "is required");
}

Status ObjectReader::finish() {
    if (error_) return *error_;
    for (const auto& [name, value] : object_.items()) {
        if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
        const std::string path = pathOf(name);
        return invalidArgument("there is no field \"" + path.substr(0, 100) + "\" here", path.substr(0, 100));
    }
    return kOk;
}

}  // namespace tessera
