#include "api/commands/render.h"

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <pthread.h>
#include <unistd.h>

#include "mcu/base/environment.h"
#include "mcu/base/log.h"
#include "mcu/base/sync.h"

#include "api/commands/commands.h"
#include "api/config.h"
#include "api/ingest_rules.h"
#include "api/json_render.h"
#include "api/json_scene.h"
#include "api/recorded_meeting.h"
#include "api/store/recording_files.h"
#include "pipelines/media_factory.h"
#include "pipelines/outputs/media_finish.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

/// "1920x1080" or "1920x1080@25". @error invalid_argument
Result<Json> parseCanvas(const std::string& text) {
    int width = 0, height = 0, end = 0;
    double fps = 0;
    const auto whole = [&](int fields, int wanted) { return fields == wanted && end == static_cast<int>(text.size()); };
    if (whole(std::sscanf(text.c_str(), "%5dx%5d%n", &width, &height, &end), 2)) {
        return Json{{"width", width}, {"height", height}};
    }
    if (whole(std::sscanf(text.c_str(), "%5dx%5d@%8lf%n", &width, &height, &fps, &end), 3)) {
        return Json{{"width", width}, {"height", height}, {"fps", fps}};
    }
    return invalidArgument("--canvas must be like 1920x1080 or 1920x1080@25", "canvas");
}

/// The arguments as the API takes them, so that both mean and refuse the same.
Result<Json> toBody(const RenderArguments& arguments) {
    Json body = Json::object();
    if (!arguments.view.empty()) body["view"] = arguments.view;
    if (arguments.layout.starts_with('{')) {
        auto layout = parseJsonObject(arguments.layout);
        if (!layout) return layout;
        body["layout"] = std::move(layout).value();
    } else if (!arguments.layout.empty()) {
        body["layout"] = arguments.layout;
    }
    if (!arguments.canvas.empty()) {
        auto canvas = parseCanvas(arguments.canvas);
        if (!canvas) return canvas;
        body["canvas"] = std::move(canvas).value();
    }
    if (arguments.fps) body["canvas"]["fps"] = *arguments.fps;
    if (!arguments.exclude.empty()) body["exclude"] = arguments.exclude;
    if (arguments.fromMs) body["from_ms"] = *arguments.fromMs;
    if (arguments.toMs) body["to_ms"] = *arguments.toMs;
    if (arguments.bitrateKbps) body["bitrate_kbps"] = *arguments.bitrateKbps;
    const auto ending = fs::path(arguments.file).extension();
    body["container"] = !arguments.container.empty() ? arguments.container : ending == ".mkv" ? "mkv" : "mp4";
    return body;
}

std::string folderOf(const std::string& recording, const Config& config) {
    std::error_code error;
    if (fs::is_directory(recording, error)) return recording;
    const auto id = RecordingId::fromString(recording);
    return id ? recordingFolder(config.data.dir, *id) : recording;
}

/// Ends a rendering on a signal, and shows on a terminal how far it is. The signals are blocked in every thread that is
/// made after it.
class Attendant {
public:
    explicit Attendant(RenderControl& control) : control_(control) {
        sigemptyset(&signals_);
        for (const int each : {SIGINT, SIGTERM}) sigaddset(&signals_, each);
        pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
        thread_ = Thread("attendant", [this] { attend(); });
    }
    ~Attendant() {
        isOver_ = true;
        thread_.join();
    }
    Attendant(const Attendant&) = delete;
    Attendant& operator=(const Attendant&) = delete;

private:
    void attend() {
        constexpr timespec kInterval{0, 200'000'000};
        const bool isShown = ::isatty(STDERR_FILENO) != 0;
        while (!isOver_) {
            if (sigtimedwait(&signals_, nullptr, &kInterval) > 0) control_.isCancelled = true;
            if (isShown) std::cerr << "\r" << control_.permille / 10 << " %" << std::flush;
        }
        if (isShown) std::cerr << "\r     \r" << std::flush;
    }

    RenderControl& control_;
    sigset_t signals_{};
    std::atomic<bool> isOver_{false};
    Thread thread_;
};

/// A folder beside the file that is to be, so that the file is there whole or not at all.
class Workplace {
public:
    static Result<std::unique_ptr<Workplace>> make(const std::string& file) {
        std::error_code error;
        if (fs::exists(file, error)) return conflict(file + " exists");
        std::string pattern = file + ".XXXXXX";
        if (::mkdtemp(pattern.data()) == nullptr) return invalidArgument(file + " cannot be written");
        return std::unique_ptr<Workplace>(new Workplace(pattern));
    }
    ~Workplace() {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    Workplace(const Workplace&) = delete;
    Workplace& operator=(const Workplace&) = delete;

    /// @param container  the file's ending
    std::string path(const std::string& container) const { return folder_ + "/recording." + container; }

private:
    explicit Workplace(std::string folder) : folder_(std::move(folder)) {}
    const std::string folder_;
};

Json describe(const RenderReport& report, const std::string& file, double seconds) {
    const double played = toSeconds(report.duration);
    return {{"file", file},
            {"duration_ms", toMilliseconds(report.duration)},
            {"begins_at_us", report.beginsAt.time_since_epoch() / std::chrono::microseconds(1)},
            {"pictures", report.pictures},
            {"canvas", canvasToJson(report.canvas, report.rate)},
            {"seconds", seconds},
            {"times_real_time", seconds > 0 ? played / seconds : 0.0},
            {"warnings", report.warnings}};
}

Result<Json> renderFile(const std::string& configFile, const RenderArguments& arguments) {
    const auto config = loadConfig(configFile, environmentVariable);
    if (!config) return config.error();
    setLogLevel(LogLevel::Warning);
    const auto body = toBody(arguments);
    if (!body) return body.error();
    const auto options = readRenderOptions(*body);
    if (!options) return options.error();
    const auto meeting = readRecordedMeeting(folderOf(arguments.recording, *config));
    if (!meeting) return meeting.error();
    RenderControl control;
    const Attendant attendant(control);
    const auto place = Workplace::make(arguments.file);
    if (!place) return place.error();
    const auto part = (*place)->path(options->container);
    const auto factory = createMediaFactory(toIngestSettings(*config));
    const SteadyClock clock;
    const auto begin = clock.now();
    const auto report = render(*meeting, *options, part, *factory, control);
    if (!report) return report.error();
    TESSERA_TRY(finishMedia(part, {}, control.isCancelled));
    std::error_code error;
    fs::rename(part, arguments.file, error);
    if (error) return internalError(arguments.file + " cannot be written: " + error.message());
    return describe(*report, arguments.file, toSeconds(clock.now() - begin));
}

}  // namespace

int renderCommand(const std::string& configFile, const RenderArguments& arguments) {
    const auto made = renderFile(configFile, arguments);
    if (!made && made.error().code == ErrorCode::Conflict) {
        std::cerr << "tessera: " << made.error().message << std::endl;
        return kExitFailure;
    }
    if (!made) return reportFault(made.error());
    std::cout << toText(*made) << std::endl;
    return kExitOk;
}

}  // namespace tessera
