#include "api/metrics.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

#include "api/version.h"

namespace tessera {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

using Labels = std::vector<ClientMetric::Label>;

/// Collects values by name; a name is declared by its first value.
class MetricsPage {
public:
    void counter(const std::string& name, const std::string& help, double value, const Labels& labels = {}) {
        ClientMetric metric;
        metric.label = labels;
        metric.counter.value = value;
        family(name, help, MetricType::Counter).metric.push_back(std::move(metric));
    }
    void gauge(const std::string& name, const std::string& help, double value, const Labels& labels = {}) {
        ClientMetric metric;
        metric.label = labels;
        metric.gauge.value = value;
        family(name, help, MetricType::Gauge).metric.push_back(std::move(metric));
    }
    std::string text() const { return prometheus::TextSerializer().Serialize(families_); }

private:
    MetricFamily& family(const std::string& name, const std::string& help, MetricType type) {
        for (auto& each : families_) {
            if (each.name == name) return each;
        }
        families_.push_back({name, help, type, {}});
        return families_.back();
    }
    std::vector<MetricFamily> families_;
};

double countEntries(const char* folder) {
    std::error_code error;
    double count = 0;
    for (std::filesystem::directory_iterator each(folder, error), end; !error && each != end; each.increment(error)) {
        ++count;
    }
    return count;
}

double residentBytes() {
    std::ifstream statm("/proc/self/statm");
    double total = 0, resident = 0;
    statm >> total >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

void addProcess(MetricsPage& page) {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    page.counter("process_cpu_seconds_total", "User and system CPU time",
                 seconds(usage.ru_utime) + seconds(usage.ru_stime));
    page.gauge("process_resident_memory_bytes", "Resident memory", residentBytes());
    page.gauge("process_open_fds", "Open file descriptors", countEntries("/proc/self/fd"));
    page.gauge("process_threads", "Threads", countEntries("/proc/self/task"));
    page.gauge("tessera_build_info", "Always 1", 1, {{"version", std::string(version())}});
}

void addHttp(MetricsPage& page, const HttpCounters& http) {
    page.counter("tessera_http_requests_total", "Requests read", static_cast<double>(http.requests.value()));
    const std::string help = "Responses by class of status";
    const auto add = [&](const char* status, const Counter& count) {
        page.counter("tessera_http_responses_total", help, static_cast<double>(count.value()), {{"status", status}});
    };
    add("2xx", http.responses2xx);
    add("4xx", http.responses4xx);
    add("5xx", http.responses5xx);
    page.counter("tessera_http_refused_total", "Requests and connections over a limit",
                 static_cast<double>(http.refused.value()));
    page.gauge("tessera_http_connections", "Open connections", static_cast<double>(http.connections.value()));
}

void addGpu(MetricsPage& page, const GpuEngine& engine) {
    CudaContext& context = engine.device->context();
    const Labels labels{{"gpu", std::to_string(context.device().index)}, {"name", context.device().name}};
    page.gauge("tessera_gpu_lost", "1 when a GPU was lost: it is not used until the next start",
               context.isLost() ? 1 : 0, labels);
    page.gauge("tessera_gpu_memory_free_bytes", "Free memory of a GPU",
               context.isLost() ? 0 : static_cast<double>(context.freeBytes()), labels);
    if (!engine.nvdec) return;
    const NvdecCounters& decoding = engine.nvdec->counters();
    page.gauge("tessera_gpu_decoders", "Sources that a GPU decodes", engine.nvdec->decodersInUse(), labels);
    page.counter("tessera_gpu_decoded_total", "Pictures decoded on a GPU",
                 static_cast<double>(decoding.pictures.value()), labels);
    page.counter("tessera_gpu_decode_damaged_total", "Pictures left out since the decoder reported an error",
                 static_cast<double>(decoding.picturesDamaged.value()), labels);
    page.counter("tessera_gpu_decode_refused_total", "Streams that a GPU did not take",
                 static_cast<double>(decoding.refusals.value()), labels);
}

void addGpuComposer(MetricsPage& page, const GpuComposerState& composer) {
    const Labels labels{{"gpu", std::to_string(composer.device.index)}, {"name", composer.device.name}};
    page.gauge("tessera_gpu_meetings", "Meetings that are drawn on a GPU", composer.meetings, labels);
    page.counter("tessera_gpu_launches_total", "Kernel launches, each for all canvases that wait",
                 static_cast<double>(composer.launches), labels);
    page.counter("tessera_gpu_canvases_total", "Pictures drawn on a GPU", static_cast<double>(composer.canvases),
                 labels);
    page.counter("tessera_gpu_pictures_failed_total", "Pictures that a GPU failed to draw",
                 static_cast<double>(composer.picturesFailed), labels);
}

void addGpus(MetricsPage& page, const GpuEngines& gpus) {
    for (const auto& engine : gpus.engines()) addGpu(page, engine);
    for (const auto& composer : gpus.composers()->states()) addGpuComposer(page, composer);
}

void addRendition(MetricsPage& page, const std::string& meeting, const RenditionInfo& rendition) {
    const Labels labels{
        {"meeting", meeting}, {"kind", rendition.kind}, {"of", rendition.of}, {"codec", rendition.codec}};
    page.gauge("tessera_rendition_subscribers", "Receivers of one encode", rendition.subscribers, labels);
    page.counter("tessera_rendition_encoded_total", "Pictures or packets encoded",
                 static_cast<double>(rendition.encoded), labels);
    page.counter("tessera_rendition_dropped_total", "Pictures that an encoder had no time for",
                 static_cast<double>(rendition.dropped), labels);
    page.counter("tessera_rendition_bytes_total", "Bytes encoded", static_cast<double>(rendition.bytes), labels);
}

/// Silence is not told: there is no number for it.
void addLoudness(MetricsPage& page, const std::string& prefix, const std::optional<Loudness>& loudness,
                 const Labels& labels) {
    if (!loudness) return;
    const auto add = [&](const char* window, float lufs) {
        if (!std::isfinite(lufs)) return;
        auto all = labels;
        all.push_back({"window", window});
        page.gauge(prefix + "_loudness_lufs", "Loudness by EBU R 128", static_cast<double>(lufs), all);
    };
    add("momentary", loudness->momentaryLufs);
    add("short_term", loudness->shortTermLufs);
    add("integrated", loudness->integratedLufs);
    if (!std::isfinite(loudness->truePeakDbtp)) return;
    page.gauge(prefix + "_true_peak_dbtp", "Highest true peak so far", static_cast<double>(loudness->truePeakDbtp),
               labels);
}

void addSource(MetricsPage& page, const std::string& meeting, const SourceInfo& source) {
    const Labels labels{{"meeting", meeting}, {"source", source.id.toString()}};
    page.counter("tessera_source_packets_received_total", "RTP packets received",
                 static_cast<double>(source.packetsReceived), labels);
    page.counter("tessera_source_packets_lost_total", "RTP packets lost for good",
                 static_cast<double>(source.packetsLost), labels);
    page.counter("tessera_source_concealed_blocks_total", "10 ms blocks of sound made up",
                 static_cast<double>(source.concealedBlocks), labels);
    addLoudness(page, "tessera_source", source.loudness, labels);
    page.gauge("tessera_source_backlog_ms", "Sound waiting to be mixed", static_cast<double>(source.backlogMs), labels);
}

void addMeeting(MetricsPage& page, Meeting& meeting) {
    const auto& id = meeting.id().toString();
    const auto info = meeting.info();
    const auto stats = meeting.stats();
    if (!info || !stats) return;
    page.gauge("tessera_participants", "Participants", info->participants, {{"meeting", id}});
    const auto addTicks = [&](const char* media, std::uint64_t ticks, std::uint64_t skipped, std::uint64_t late) {
        const Labels labels{{"meeting", id}, {"media", media}};
        page.counter("tessera_ticks_total", "Ticks run", static_cast<double>(ticks), labels);
        page.counter("tessera_ticks_skipped_total", "Ticks never run, being a period late",
                     static_cast<double>(skipped), labels);
        page.counter("tessera_ticks_late_total", "Ticks run more than half a period late", static_cast<double>(late),
                     labels);
    };
    addTicks("video", stats->videoTicks, stats->videoSkipped, stats->videoLate);
    addLoudness(page, "tessera_mix", stats->loudness, {{"meeting", id}});
    addTicks("audio", stats->audioTicks, stats->audioSkipped, stats->audioLate);
    for (const auto& rendition : stats->renditions) addRendition(page, id, rendition);
    const auto sources = meeting.sources();
    if (!sources) return;
    for (const auto& source : *sources) addSource(page, id, source);
}

}  // namespace

std::string metricsText(const Services& services) {
    MetricsPage page;
    addProcess(page);
    if (services.http != nullptr) addHttp(page, *services.http);
    if (services.gpus != nullptr) addGpus(page, *services.gpus);
    double live = 0;
    for (const auto& entry : services.meetings.list()) {
        const auto meeting = entry->meeting();
        if (!meeting || entry->document().state != MeetingState::Live) continue;
        ++live;
        addMeeting(page, *meeting);
    }
    page.gauge("tessera_meetings", "Live meetings", live);
    page.counter("tessera_events_total", "Events of all meetings", static_cast<double>(services.meetings.events()));
    return page.text();
}

}  // namespace tessera
