#include "api/timestamp.h"

#include <chrono>
#include <cstdio>

namespace tessera {

namespace {

using std::chrono::sys_days;

/// Takes fixed-width pieces off the front of a text.
class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    int digits(int count) {
        int value = 0;
        for (int i = 0; i < count; ++i) {
            if (text_.empty() || text_[0] < '0' || text_[0] > '9') return fail();
            value = value * 10 + (text_[0] - '0');
            text_.remove_prefix(1);
        }
        return value;
    }
    void expect(std::string_view oneOf) {
        if (text_.empty() || oneOf.find(text_[0]) == std::string_view::npos) {
            fail();
            return;
        }
        last_ = text_[0];
        text_.remove_prefix(1);
    }
    /// Digits after a decimal point, as milliseconds; finer ones are cut off.
    int fraction() {
        if (text_.empty() || text_[0] != '.') return 0;
        text_.remove_prefix(1);
        int value = 0, count = 0;
        for (; !text_.empty() && text_[0] >= '0' && text_[0] <= '9'; text_.remove_prefix(1), ++count) {
            if (count < 3) value = value * 10 + (text_[0] - '0');
        }
        if (count == 0 || count > 9) return fail();
        for (; count < 3; ++count) value *= 10;
        return value;
    }
    char last() const { return last_; }
    bool ok() const { return ok_; }
    bool atEnd() const { return text_.empty(); }

private:
    int fail() {
        ok_ = false;
        return 0;
    }
    std::string_view text_;
    char last_ = '\0';
    bool ok_ = true;
};

}  // namespace

std::string toTimestamp(std::int64_t milliseconds) {
    const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds(milliseconds)};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    char text[40];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
    return text;
}

std::optional<std::int64_t> parseTimestamp(std::string_view text) {
    Scanner scanner(text);
    const int year = scanner.digits(4);
    scanner.expect("-");
    const int month = scanner.digits(2);
    scanner.expect("-");
    const int day = scanner.digits(2);
    scanner.expect("Tt");
    const int hour = scanner.digits(2);
    scanner.expect(":");
    const int minute = scanner.digits(2);
    scanner.expect(":");
    const int second = scanner.digits(2);
    const int millisecond = scanner.fraction();
    scanner.expect("Zz+-");
    int zoneMinutes = 0;
    if (scanner.last() == '+' || scanner.last() == '-') {
        const int sign = scanner.last() == '-' ? -1 : 1;
        const int zoneHour = scanner.digits(2);
        scanner.expect(":");
        const int zoneMinute = scanner.digits(2);
        if (zoneHour > 23 || zoneMinute > 59) return std::nullopt;
        zoneMinutes = sign * (zoneHour * 60 + zoneMinute);
    }
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!scanner.ok() || !scanner.atEnd() || !date.ok() || year < 1970) return std::nullopt;
    if (hour > 23 || minute > 59 || second > 60) return std::nullopt;
    const std::int64_t days = sys_days(date).time_since_epoch().count();
    return (((days * 24 + hour) * 60 + minute - zoneMinutes) * 60 + second) * 1000 + millisecond;
}

std::int64_t wallClockMs() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace tessera
