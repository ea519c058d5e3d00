#include "pipelines/ingest/rtmp/amf0.h"

#include <bit>

namespace tessera {
namespace {

constexpr int kDeepest = 4;
constexpr int kMostValues = 256;
constexpr std::size_t kLongestText = 4096;

enum Marker : std::uint8_t {
    kNumber = 0,
    kBoolean = 1,
    kString = 2,
    kObject = 3,
    kNull = 5,
    kUndefined = 6,
    kEcmaArray = 8,
    kObjectEnd = 9,
    kStrictArray = 10,
    kLongString = 12,
};

Error bad(const char* what) {
    return invalidArgument(std::string("an RTMP command ") + what);
}

class Reader {
public:
    explicit Reader(std::span<const std::uint8_t> bytes) : rest_(bytes) {}
    bool isAtEnd() const { return rest_.empty(); }

    Result<AmfValue> value(int depth) {
        if (++values_ > kMostValues || depth > kDeepest) return bad("holds too many values");
        std::uint64_t marker = 0;
        if (!integer(1, marker)) return bad("ends early");
        AmfValue value;
        switch (marker) {
            case kNull:
            case kUndefined: return value;
            case kNumber:
            case kBoolean: return number(marker == kNumber);
            case kString:
            case kLongString:
                value.type = AmfValue::Type::Text;
                TESSERA_TRY(text(marker == kString ? 2 : 4, value.text));
                return value;
            case kEcmaArray:
                if (std::uint64_t count = 0; !integer(4, count)) return bad("ends early");
                return object(depth);
            case kObject: return object(depth);
            case kStrictArray: return list(depth);
            default: return bad("holds a value of an unknown type");
        }
    }

private:
    bool integer(std::size_t bytes, std::uint64_t& value) {
        if (rest_.size() < bytes) return false;
        value = 0;
        for (const auto byte : rest_.first(bytes)) value = value << 8U | byte;
        rest_ = rest_.subspan(bytes);
        return true;
    }

    Result<AmfValue> number(bool isNumber) {
        std::uint64_t bits = 0;
        if (!integer(isNumber ? 8 : 1, bits)) return bad("ends early");
        AmfValue value;
        value.type = isNumber ? AmfValue::Type::Number : AmfValue::Type::Boolean;
        value.number = isNumber ? std::bit_cast<double>(bits) : static_cast<double>(bits != 0);
        return value;
    }

    Status text(std::size_t lengthBytes, std::string& text) {
        std::uint64_t length = 0;
        if (!integer(lengthBytes, length) || length > rest_.size()) return bad("ends early");
        if (length > kLongestText) return bad("holds too long a text");
        text.assign(reinterpret_cast<const char*>(rest_.data()), length);
        rest_ = rest_.subspan(length);
        return kOk;
    }

    Result<AmfValue> object(int depth) {
        AmfValue value;
        value.type = AmfValue::Type::Object;
        while (true) {
            std::string name;
            TESSERA_TRY(text(2, name));
            if (name.empty() && !rest_.empty() && rest_.front() == kObjectEnd) {
                rest_ = rest_.subspan(1);
                return value;
            }
            auto member = this->value(depth + 1);
            if (!member) return member;
            value.members.push_back(std::move(member).value());
            value.members.back().name = std::move(name);
        }
    }

    Result<AmfValue> list(int depth) {
        std::uint64_t count = 0;
        if (!integer(4, count) || count > kMostValues) return bad("holds too long a list");
        AmfValue value;
        value.type = AmfValue::Type::List;
        for (std::uint64_t i = 0; i < count; ++i) {
            auto member = this->value(depth + 1);
            if (!member) return member;
            value.members.push_back(std::move(member).value());
        }
        return value;
    }

    std::span<const std::uint8_t> rest_;
    int values_ = 0;
};

}  // namespace

std::string_view AmfValue::textOf(std::string_view wanted) const {
    for (const AmfValue& member : members) {
        if (member.name == wanted) return member.text;
    }
    return {};
}

Result<std::vector<AmfValue>> parseAmf(std::span<const std::uint8_t> bytes) {
    Reader reader(bytes);
    std::vector<AmfValue> values;
    while (!reader.isAtEnd()) {
        auto value = reader.value(1);
        if (!value) return value.error();
        values.push_back(std::move(value).value());
    }
    return values;
}

void AmfWriter::name(std::string_view value) {
    TESSERA_CHECK(value.size() <= 0xffff);
    bytes_.push_back(static_cast<std::uint8_t>(value.size() >> 8U));
    bytes_.push_back(static_cast<std::uint8_t>(value.size()));
    bytes_.insert(bytes_.end(), value.begin(), value.end());
}

AmfWriter& AmfWriter::text(std::string_view value) {
    bytes_.push_back(kString);
    name(value);
    return *this;
}

AmfWriter& AmfWriter::number(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    bytes_.push_back(kNumber);
    for (int shift = 56; shift >= 0; shift -= 8) bytes_.push_back(static_cast<std::uint8_t>(bits >> shift));
    return *this;
}

AmfWriter& AmfWriter::null() {
    bytes_.push_back(kNull);
    return *this;
}

AmfWriter& AmfWriter::object(std::initializer_list<std::pair<std::string_view, std::string_view>> members) {
    bytes_.push_back(kObject);
    for (const auto& [key, value] : members) {
        name(key);
        text(value);
    }
    name("");
    bytes_.push_back(kObjectEnd);
    return *this;
}

}  // namespace tessera
