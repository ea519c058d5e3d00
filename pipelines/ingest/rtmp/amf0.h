#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mcu/base/result.h"

namespace tessera {

/// One value of AMF0, the encoding of RTMP's commands. @source Adobe, "Action Message Format -- AMF 0"
struct AmfValue {
    enum class Type { Null, Number, Boolean, Text, Object, List };
    Type type = Type::Null;
    double number = 0;  ///< of a number; 0 or 1 of a boolean
    std::string text;
    std::string name;               ///< as a member of an object
    std::vector<AmfValue> members;  ///< of an object or a list

    /// @return "" when this is no object, or has no such text
    std::string_view textOf(std::string_view wanted) const;
};

/// Reads all values of a command. Bounded: 4 levels, 256 values, texts of 4096 bytes.
/// @error invalid_argument: it is no AMF0, or more than that; references, dates and typed objects are not taken
Result<std::vector<AmfValue>> parseAmf(std::span<const std::uint8_t> bytes);

/// Writes a command value by value.
class AmfWriter {
public:
    AmfWriter& text(std::string_view value);  ///< at most 65535 bytes
    AmfWriter& number(double value);
    AmfWriter& null();
    /// An object whose members are texts.
    AmfWriter& object(std::initializer_list<std::pair<std::string_view, std::string_view>> members);
    const std::vector<std::uint8_t>& bytes() const { return bytes_; }

private:
    void name(std::string_view value);
    std::vector<std::uint8_t> bytes_;
};

}  // namespace tessera
