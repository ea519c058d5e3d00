#include "tests/bench/room/thread_times.h"

#include <filesystem>
#include <fstream>
#include <string_view>
#include <utility>

namespace tessera {
namespace {

/// Names of threads (their beginnings); GStreamer names a streaming thread after the pad that it drives.
constexpr std::pair<std::string_view, const char*> kWork[] = {
    {"appsrc", "decode"},        {"audio-decode", "decode"}, {"video-decode", "decode"},
    {"in-", "decode"},           {"video-encode", "encode"}, {"audio-encode", "encode"},
    {"video-tick", "composite"}, {"c:src", "composite"},     {"m", "mix"},
    {"audio-tick", "mix"},       {"control", "control"},     {"bench-feeder", "feed"},
    {"queue", "encode"}};

const char* workOf(std::string_view name) {
    for (const auto& [prefix, work] : kWork) {
        if (name.starts_with(prefix)) return work;
    }
    return "other";
}

}  // namespace

std::map<std::string, double> threadTimes() {
    std::map<std::string, double> times;
    for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
        std::string name;
        double nanoseconds = 0;
        std::getline(std::ifstream(thread.path() / "comm"), name);
        std::ifstream(thread.path() / "schedstat") >> nanoseconds;
        times[workOf(name)] += nanoseconds * 1e-9;
    }
    return times;
}

}  // namespace tessera
