#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace tessera {

enum class LogLevel { Debug, Info, Warning, Error };

/// One named value of a log line.
struct LogField {
    std::string_view key;
    std::string value;
    LogField(std::string_view k, std::string v) : key(k), value(std::move(v)) {}
    LogField(std::string_view k, const char* v) : key(k), value(v) {}
    LogField(std::string_view k, long long v) : key(k), value(std::to_string(v)) {}
    LogField(std::string_view k, unsigned long long v) : key(k), value(std::to_string(v)) {}
    LogField(std::string_view k, int v) : key(k), value(std::to_string(v)) {}
    LogField(std::string_view k, long v) : key(k), value(std::to_string(v)) {}
    LogField(std::string_view k, unsigned long v) : key(k), value(std::to_string(v)) {}
};

/// Writes one line `time level area message key=value ...` to stderr (logfmt, UTC). Not for tick threads.
///
/// @param area  the room that speaks: "webrtc", "recording", "api", ...
/// @thread any but the tick threads
void log(LogLevel level, std::string_view area, std::string_view message, std::initializer_list<LogField> fields = {});

/// Lines below `level` are not written. Default Info.
void setLogLevel(LogLevel level);

/// "debug", "info", "warning" or "error"; anything else leaves `level` alone and returns false.
bool parseLogLevel(std::string_view text, LogLevel& level);

}  // namespace tessera
