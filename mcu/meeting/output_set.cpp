#include "mcu/meeting/output_set.h"

#include <algorithm>
#include <utility>

namespace tessera {

Result<OutputInfo> OutputSet::add(const OutputSpec& spec, const AudioEncodeSpec& audio, const OutputPlace& place) {
    OutputRequest request{.kind = spec.kind,
                          .params = spec.params,
                          .video = spec.video,
                          .path = place.path,
                          .minimumFree = place.minimumFree};
    if (spec.audio) request.audio = audio;
    auto created = factory_.createOutput(request);
    if (!created) return created.error();
    const std::shared_ptr<Output> output = std::move(created).value();

    Status subscribed = renditions_.subscribeVideo({spec.view, *spec.video}, output);
    if (subscribed && request.audio) subscribed = renditions_.subscribeAudio({{}, *request.audio}, output);
    if (!subscribed) {
        renditions_.unsubscribe(output.get());
        output->stop();
        reaper_.retire(output);
        return subscribed.error();
    }
    output->setKeyframeRequest(renditions_.keyframeRequest(output.get()));
    const auto id = OutputId::create();
    const auto& entry = outputs_[id] = {{.id = id, .spec = spec, .recording = place.recording, .stats = {}}, output};
    return describe(entry);
}

Result<OutputInfo> OutputSet::addOfSources(const OutputSpec& spec, const OutputPlace& place,
                                           std::function<void()> requestKeyframes) {
    OutputRequest request{
        .kind = spec.kind, .params = spec.params, .path = place.path, .minimumFree = place.minimumFree};
    if (spec.audio) request.audio.emplace();
    auto created = factory_.createOutput(request);
    if (!created) return created.error();
    const std::shared_ptr<Output> output = std::move(created).value();
    output->setKeyframeRequest(std::move(requestKeyframes));
    const auto id = OutputId::create();
    const auto& entry =
        outputs_[id] = {{.id = id, .spec = spec, .recording = place.recording, .stats = {}}, output, true};
    return describe(entry);
}

bool OutputSet::takeSources() const {
    return std::any_of(outputs_.begin(), outputs_.end(), [](const auto& each) { return each.second.takesSources; });
}

void OutputSet::setSources(const std::vector<OutputSource>& sources) {
    for (const auto& [id, entry] : outputs_) {
        if (entry.takesSources) entry.output->setSources(sources);
    }
}

Status OutputSet::setPaused(const OutputId& id, bool paused) {
    const auto found = outputs_.find(id);
    if (found == outputs_.end()) return notFound("there is no output " + id.toString());
    return found->second.output->setPaused(paused);
}

void OutputSet::addCue(const Cue& cue) {
    for (const auto& [id, entry] : outputs_) entry.output->addCue(cue);
}

Result<OutputInfo> OutputSet::remove(const OutputId& id) {
    const auto found = outputs_.find(id);
    if (found == outputs_.end()) return notFound("there is no output " + id.toString());
    auto& output = found->second.output;
    renditions_.unsubscribe(output.get());
    output->stop();
    const auto last = describe(found->second);
    reaper_.retire(std::move(output));
    outputs_.erase(found);
    return last;
}

Result<OutputInfo> OutputSet::info(const OutputId& id) const {
    const auto found = outputs_.find(id);
    if (found == outputs_.end()) return notFound("there is no output " + id.toString());
    return describe(found->second);
}

std::vector<OutputInfo> OutputSet::all() const {
    std::vector<OutputInfo> result;
    for (const auto& [id, entry] : outputs_) result.push_back(describe(entry));
    return result;
}

OutputInfo OutputSet::describe(const Entry& entry) {
    auto info = entry.info;
    info.stats = entry.output->stats();
    return info;
}

}  // namespace tessera
