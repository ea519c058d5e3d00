#include "api/gateway/http_date.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace tessera {

namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::optional<int> number(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

std::optional<sys_days> readDay(std::string_view day, std::string_view month, std::string_view year) {
    const auto d = number(day), y = number(year);
    const auto m = std::find(kMonths.begin(), kMonths.end(), month);
    if (!d || !y || m == kMonths.end()) return std::nullopt;
    const auto date = std::chrono::year(*y) / static_cast<int>(m - kMonths.begin() + 1) / *d;
    if (!date.ok()) return std::nullopt;
    return sys_days(date);
}

}  // namespace

std::string toHttpDate(std::int64_t seconds) {
    const sys_seconds time{std::chrono::seconds(seconds)};
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(time - day);
    char text[64];
    std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d GMT", kDays[weekday(day).c_encoding()].data(),
                  static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1].data(),
                  static_cast<int>(date.year()), static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
    return text;
}

std::optional<std::int64_t> parseHttpDate(std::string_view text) {
    // Sun, 06 Nov 1994 08:49:37 GMT
    constexpr std::string_view kShape = "aaa, 00 aaa 0000 00:00:00 GMT";
    if (text.size() != kShape.size()) return std::nullopt;
    for (std::size_t i = 0; i < kShape.size(); ++i) {
        const bool isDigit = text[i] >= '0' && text[i] <= '9';
        if (kShape[i] == '0' ? !isDigit : kShape[i] != 'a' && kShape[i] != text[i]) return std::nullopt;
    }
    if (std::find(kDays.begin(), kDays.end(), text.substr(0, 3)) == kDays.end()) return std::nullopt;
    const auto day = readDay(text.substr(5, 2), text.substr(8, 3), text.substr(12, 4));
    const auto hour = number(text.substr(17, 2)), minute = number(text.substr(20, 2)),
               second = number(text.substr(23, 2));
    if (!day || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    const auto time = *day + hours(*hour) + minutes(*minute) + seconds(*second);
    return duration_cast<seconds>(time.time_since_epoch()).count();
}

}  // namespace tessera
