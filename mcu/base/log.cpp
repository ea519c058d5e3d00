#include "mcu/base/log.h"

#include <atomic>
#include <chrono>
#include <ctime>
#include <unistd.h>

namespace tessera {
namespace {

std::atomic<LogLevel> minimum{LogLevel::Info};

std::string_view nameOf(LogLevel level) {
    switch (level) {
        case LogLevel::Debug: return "debug";
        case LogLevel::Info: return "info";
        case LogLevel::Warning: return "warning";
        case LogLevel::Error: return "error";
    }
    return "error";
}

std::string timestamp() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    const std::time_t seconds = ms / 1000;
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char text[40];
    const auto length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    const auto fraction = std::to_string(1000 + ms % 1000).substr(1);
    return std::string(text, length) + "." + fraction + "Z";
}

// Values from outside must not be able to forge a line or a field.
void appendValue(std::string& line, std::string_view value) {
    const bool plain = !value.empty() && value.find_first_of(" \"=\\") == std::string_view::npos;
    if (!plain) line += '"';
    for (const char c : value) {
        if (c == '"' || c == '\\') line += '\\';
        line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    if (!plain) line += '"';
}

}  // namespace

void setLogLevel(LogLevel level) {
    minimum = level;
}

bool parseLogLevel(std::string_view text, LogLevel& level) {
    for (const auto candidate : {LogLevel::Debug, LogLevel::Info, LogLevel::Warning, LogLevel::Error}) {
        if (text == nameOf(candidate)) {
            level = candidate;
            return true;
        }
    }
    return false;
}

void log(LogLevel level, std::string_view area, std::string_view message, std::initializer_list<LogField> fields) {
    if (level < minimum.load()) return;
    std::string line = timestamp();
    line.append(" ").append(nameOf(level)).append(" ").append(area).append(" ");
    appendValue(line, message);
    for (const auto& field : fields) {
        line.append(" ").append(field.key).append("=");
        appendValue(line, field.value);
    }
    line += '\n';
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace tessera
