#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mcu/base/result.h"

namespace tessera {

/// Objects keep the order in which their members were written.
using Json = nlohmann::ordered_json;

inline constexpr int kMaximumJsonDepth = 16;

/// Parses a request's body, which must be one object without repeated names.
/// @error invalid_argument: not JSON, not UTF-8, not an object, deeper than kMaximumJsonDepth, a name twice
Result<Json> parseJsonObject(std::string_view text);

/// Serialises; text that is not UTF-8 is replaced rather than thrown at.
std::string toText(const Json& json);

struct TextLimits {
    std::size_t minimum = 0;  ///< bytes
    std::size_t maximum = 200;
};
struct IntegerRange {
    std::int64_t minimum = 0;
    std::int64_t maximum = 0;
};
struct NumberRange {
    double minimum = 0;
    double maximum = 0;
};

/// Reads the members of one object strictly. Each `read` leaves its target alone when the member is absent; the first
/// fault is kept, and `finish` tells it, or that a member was never asked for. Borrows the object.
class ObjectReader {
public:
    /// @param path  of the object inside the body, "" for the body itself: prefixes the `field` of errors
    explicit ObjectReader(const Json& object, std::string path = {});

    void read(std::string_view name, std::string& value, TextLimits limits);
    void read(std::string_view name, bool& value);
    void read(std::string_view name, int& value, IntegerRange range);
    void read(std::string_view name, double& value, NumberRange range);
    /// As above; the optional is set exactly when the member is present.
    template <typename T, typename... Limits>
    void read(std::string_view name, std::optional<T>& value, Limits... limits) {
        if (find(name) == nullptr) return;
        T read{};
        this->read(name, read, limits...);
        value = std::move(read);
    }
    /// One of the listed texts.
    void readChoice(std::string_view name, std::string& value, std::initializer_list<std::string_view> choices);
    /// RFC 3339 with zone; `value` is milliseconds since 1970; null becomes 0.
    void readTime(std::string_view name, std::int64_t& value);

    /// Marks the member as known. @return null when absent
    const Json* find(std::string_view name);
    /// As find, for a member that must be an object. @return null when absent or at fault
    const Json* object(std::string_view name);
    /// As find, for a member that must be an array of at most `maximum` entries.
    const Json* array(std::string_view name, std::size_t maximum);
    void require(std::string_view name);

    /// Keeps a fault found by the caller or by a nested reader, unless there is an earlier one.
    void fail(Error error);
    void fail(std::string_view name, std::string message);
    std::string pathOf(std::string_view name) const;

    /// @error invalid_argument with `field`
    Status finish();

private:
    const Json& object_;
    std::string path_;
    std::vector<std::string_view> known_;
    std::optional<Error> error_;
};

}  // namespace tessera
