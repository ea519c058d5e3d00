#include "mcu/meeting/output_watch.h"

#include <algorithm>

namespace tessera {
namespace {

using Changes = std::vector<OutputChange>;

std::string_view typeOf(OutputState state) {
    switch (state) {
        case OutputState::Connecting: return "output.connecting";
        case OutputState::Live: return "output.live";
        case OutputState::Paused: return "output.paused";
        case OutputState::Retrying: return "output.retrying";
        case OutputState::Stopped: return "output.ended";
        case OutputState::Failed: return "output.failed";
    }
    return "";
}

OutputChange about(const OutputInfo& output, std::string_view type, OutputState state) {
    OutputChange change{std::string(type), output.id.toString(), output.spec.kind, {}};
    change.data = {{"kind", output.spec.kind},
                   {"state", std::string(toString(state))},
                   {"last_error", output.stats.lastError},
                   {"reconnects", std::to_string(output.stats.reconnects)}};
    if (!output.recording.isEmpty()) change.data.emplace_back("recording", output.recording.toString());
    return change;
}

OutputChange ofRecording(const OutputInfo& output, std::string_view type) {
    OutputChange change{std::string(type), output.recording.toString(), output.id.toString(), {}};
    change.data = {{"output", output.id.toString()},
                   {"kind", output.spec.kind},
                   {"files", std::to_string(output.stats.files)},
                   {"duration_ms", std::to_string(toMilliseconds(output.stats.duration))}};
    if (!output.stats.lastError.empty()) change.data.emplace_back("last_error", output.stats.lastError);
    return change;
}

}  // namespace

Changes OutputWatch::added(const OutputInfo& output) {
    seen_[output.id] = {};
    Changes changes{about(output, "output.connecting", OutputState::Connecting)};
    if (!output.recording.isEmpty()) changes.push_back(ofRecording(output, "recording.started"));
    return changes;
}

Changes OutputWatch::look(const OutputInfo& output) {
    Changes changes;
    const auto found = seen_.find(output.id);
    if (found == seen_.end()) return changes;
    Seen& seen = found->second;
    const OutputStats& now = output.stats;
    const bool isRecording = !output.recording.isEmpty();
    const bool brokeMeanwhile = now.reconnects > seen.reconnects && seen.state == OutputState::Live;
    if (brokeMeanwhile) {
        changes.push_back(about(output, "output.retrying", OutputState::Retrying));
        seen.state = OutputState::Retrying;
    }
    if (now.state != seen.state && !seen.hasEnded) {
        changes.push_back(about(output, typeOf(now.state), now.state));
        if (isRecording && now.state == OutputState::Paused) changes.push_back(ofRecording(output, "recording.paused"));
        if (isRecording && seen.state == OutputState::Paused && now.state == OutputState::Live) {
            changes.push_back(ofRecording(output, "recording.resumed"));
        }
        seen.hasEnded = now.state == OutputState::Stopped;
    }
    const bool isDegraded = now.state == seen.state && now.state == OutputState::Live && !now.lastError.empty();
    if (isDegraded && now.lastError != seen.lastError) changes.push_back(about(output, "output.degraded", now.state));
    seen.state = now.state;
    seen.reconnects = now.reconnects;
    seen.lastError = now.lastError;
    return changes;
}

Changes OutputWatch::removed(const OutputInfo& last) {
    auto changes = look(last);
    const auto found = seen_.find(last.id);
    if (found == seen_.end()) return changes;
    if (!found->second.hasEnded) changes.push_back(about(last, "output.ended", last.stats.state));
    if (!last.recording.isEmpty()) changes.push_back(ofRecording(last, "recording.stopped"));
    seen_.erase(found);
    return changes;
}

}  // namespace tessera
