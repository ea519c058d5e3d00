#include "api/renders.h"

#include <algorithm>

#include "mcu/base/log.h"
#include "mcu/base/thread_priority.h"

#include "api/json_render.h"
#include "api/timestamp.h"

namespace tessera {
namespace {

Error givenUp() {
    return {ErrorCode::Timeout, "the rendering was cancelled", {}};
}

}  // namespace

Result<RecordingRecord> Renders::start(RenderRequest request) {
    auto job = std::make_shared<Job>();
    RecordingRecord record;
    record.id = job->id = RecordingId::create();
    job->of = request.of.id;
    record.meeting = request.of.meeting;
    record.startedAtMs = wallClockMs();
    record.files = {{.name = "recording." + request.options.container, .kind = request.options.container}};
    record.render = toRenderText(request.of.id, request.body, nullptr);
    {
        Lock lock(mutex_);
        if (isStopping_) return Error{ErrorCode::Capacity, "the server is ending", {}};
        if (jobs_.size() >= kMost) return Error{ErrorCode::Capacity, "too many recordings wait to be rendered", {}};
        jobs_[job->id] = job;
    }
    auto path = store_.createRecording(record);
    if (!path) {
        forget(job);
        return path.error();
    }
    job->path = std::move(path).value();
    job->request = std::move(request);
    queue_.post([this, job] { run(job); });
    return record;
}

/// @return false when it was given up before its turn
bool Renders::begin(const JobPtr& job) {
    Lock lock(mutex_);
    job->isRunning = jobs_.contains(job->id);
    return job->isRunning;
}

void Renders::run(const JobPtr& job) {
    if (!begin(job)) return;
    lowerThreadPriority();
    const SteadyClock clock;
    const auto begin = clock.now();
    auto& request = job->request;
    const auto report = render(request.meeting, request.options, job->path, factory_, job->control);
    const double took = toSeconds(clock.now() - begin);
    log(report ? LogLevel::Info : LogLevel::Warning, "render", report ? "rendered" : report.error().message,
        {{"recording", job->id.toString()},
         {"of", job->of.toString()},
         {"seconds", std::to_string(took)},
         {"times_real_time", std::to_string(report && took > 0 ? toSeconds(report->duration) / took : 0.0)}});
    finish(*job, report);
    forget(job);
}

void Renders::finish(const Job& job, const Result<RenderReport>& report) {
    Status kept = kOk;
    if (report) kept = store_.noteRender(job.id, toRenderText(job.of, job.request.body, &*report));
    const auto durationMs = report ? toMilliseconds(report->duration) : 0;
    const auto finished = store_.finishRecording(job.id, durationMs, report ? "" : report.error().message);
    if (!finished) kept = finished;
    if (!kept) {
        log(LogLevel::Error, "render", kept.error().message, {{"recording", job.id.toString()}});
    }
}

void Renders::forget(const JobPtr& job) {
    Lock lock(mutex_);
    jobs_.erase(job->id);
    changed_.notifyAll();
}

bool Renders::cancel(const RecordingId& id) {
    JobPtr waiting;
    {
        Lock lock(mutex_);
        const auto found = jobs_.find(id);
        if (found == jobs_.end()) return false;
        found->second->control.isCancelled = true;
        if (found->second->isRunning) {
            static_cast<void>(changed_.waitFor(mutex_, kPatience, [this, &id] { return !jobs_.contains(id); }));
            return true;
        }
        waiting = found->second;
        jobs_.erase(found);
    }
    finish(*waiting, givenUp());
    return true;
}

std::optional<double> Renders::progress(const RecordingId& id) const {
    Lock lock(mutex_);
    const auto found = jobs_.find(id);
    if (found == jobs_.end()) return std::nullopt;
    return found->second->control.permille / 1000.0;
}

bool Renders::uses(const RecordingId& of) const {
    Lock lock(mutex_);
    return std::any_of(jobs_.begin(), jobs_.end(), [&](const auto& each) { return each.second->of == of; });
}

void Renders::stop() {
    std::vector<RecordingId> all;
    {
        Lock lock(mutex_);
        isStopping_ = true;
        for (const auto& [id, job] : jobs_) all.push_back(id);
    }
    for (const auto& id : all) cancel(id);
    queue_.stop();
}

}  // namespace tessera
