// What the media of nine-party meetings costs in one process, without a network: ours, the same as one GStreamer
// pipeline, or decoders and encoders alone, fed with the same RTP.
//
//   build/bench/media ours|gstreamer|gstreamer-lean|codecs --clip FILE.webm [--meetings N] [--seconds N] [--settle N]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <sys/resource.h>

#include "mcu/base/log.h"

#include "tests/bench/room/room.h"
#include "tests/bench/room/thread_times.h"

namespace tessera {
namespace {

struct Options {
    std::string_view kind = "ours";
    const char* clip = "";
    int meetings = 1;
    int seconds = 10;
    int settle = 3;
};

double processSeconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Everything that is counted, at one moment.
struct Reading {
    MonotonicTime at;
    double process = 0;
    std::map<std::string, double> threads;
    std::vector<std::uint64_t> pictures;
    std::uint64_t decoded = 0, sound = 0;
};

Reading readAll(const Clock& clock, const std::vector<std::unique_ptr<Room>>& rooms) {
    Reading reading{clock.now(), processSeconds(), threadTimes(), {}, 0, 0};
    for (const auto& room : rooms) {
        reading.pictures.push_back(room->pictures());
        reading.decoded += room->decoded();
        reading.sound += room->soundPackets();
    }
    return reading;
}

void print(const Reading& before, Reading after, const Options& options) {
    const double wall = toSeconds(after.at - before.at);
    double worst = 1;
    for (std::size_t i = 0; i < after.pictures.size(); ++i) {
        worst = std::min(worst, static_cast<double>(after.pictures[i] - before.pictures[i]) / (30 * wall));
    }
    const double parties = static_cast<double>(options.meetings) * kParties;
    std::printf(
        "{\"meetings\": %d, \"seconds\": %.2f, \"cpu\": %.4f, \"pictures\": %.4f, \"decoded\": %.4f, "
        "\"sound\": %.4f",
        options.meetings, wall, (after.process - before.process) / wall, worst,
        static_cast<double>(after.decoded - before.decoded) / (30 * parties * wall),
        static_cast<double>(after.sound - before.sound) / (50 * parties * wall));
    for (auto& [work, seconds] : after.threads) {
        const auto earlier = before.threads.find(work);
        if (earlier != before.threads.end()) seconds -= earlier->second;
        std::printf(", \"%s\": %.4f", work.c_str(), seconds / wall);
    }
    std::printf("}\n");
}

std::unique_ptr<Room> createRoom(std::string_view kind, const RtpClip& clip) {
    if (kind.starts_with("gstreamer")) return createGstreamerRoom(kind == "gstreamer-lean");
    if (kind == "codecs") return createCodecRoom(clip);
    return createOurRoom();
}

int run(const Options& options) {
    setLogLevel(LogLevel::Warning);
    const auto clip = readRtpClip(options.clip);
    if (!clip.ok()) {
        std::fprintf(stderr, "%s\n", clip.error().message.c_str());
        return 1;
    }
    std::vector<std::unique_ptr<Room>> rooms;
    std::vector<RtpSink*> sinks;
    for (int i = 0; i < options.meetings; ++i) {
        rooms.push_back(createRoom(options.kind, *clip));
        const auto more = rooms.back()->sinks();
        sinks.insert(sinks.end(), more.begin(), more.end());
    }
    const SteadyClock clock;
    {
        const RtpFeeder feeder(*clip, sinks);
        clock.sleepUntil(clock.now() + std::chrono::seconds(options.settle));
        const Reading before = readAll(clock, rooms);
        clock.sleepUntil(clock.now() + std::chrono::seconds(options.seconds));
        print(before, readAll(clock, rooms), options);
    }
    std::fflush(stdout);
    std::_Exit(0);  // many meetings take seconds to end, and nothing more is measured
}

Options parse(int count, char** arguments) {
    Options options;
    if (count > 1) options.kind = arguments[1];
    for (int i = 2; i + 1 < count; i += 2) {
        const std::string_view name = arguments[i];
        const char* value = arguments[i + 1];
        if (name == "--clip") options.clip = value;
        if (name == "--meetings") options.meetings = std::max(1, std::atoi(value));
        if (name == "--seconds") options.seconds = std::max(1, std::atoi(value));
        if (name == "--settle") options.settle = std::max(0, std::atoi(value));
    }
    return options;
}

}  // namespace
}  // namespace tessera

int main(int count, char** arguments) {
    return tessera::run(tessera::parse(count, arguments));
}
