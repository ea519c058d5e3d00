#include "mcu/meeting/roster.h"

#include <algorithm>
#include <utility>

namespace tessera {
namespace {

template <typename Owned, typename Predicate>
auto* findIn(const std::vector<std::unique_ptr<Owned>>& all, Predicate predicate) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& each) { return predicate(*each); });
    return found == all.end() ? nullptr : found->get();
}

}  // namespace

Participant* Roster::find(const ParticipantId& id) const {
    return findIn(participants_, [&](const Participant& each) { return each.id == id; });
}

Participant* Roster::findByIdentity(std::string_view identity) const {
    return findIn(participants_, [&](const Participant& each) { return each.identity == identity; });
}

Source* Roster::find(const SourceId& id) const {
    return findIn(sources_, [&](const Source& each) { return each.id == id; });
}

Source* Roster::findOf(const ParticipantId& participant, bool isScreen) const {
    return findIn(sources_,
                  [&](const Source& each) { return each.participant == participant && each.isScreen == isScreen; });
}

Participant& Roster::add(Participant participant) {
    return *participants_.emplace_back(std::make_unique<Participant>(std::move(participant)));
}

Source& Roster::add(Source source) {
    source.owner = find(source.participant);
    return *sources_.emplace_back(std::make_unique<Source>(std::move(source)));
}

void Roster::remove(const ParticipantId& id) {
    std::erase_if(participants_, [&](const auto& each) { return each->id == id; });
}

void Roster::remove(const SourceId& id) {
    const auto found = std::find_if(sources_.begin(), sources_.end(), [&](const auto& each) { return each->id == id; });
    if (found == sources_.end()) return;
    retire(**found);
    sources_.erase(found);
}

void Roster::retire(Source& source) {
    reaper_.retire(std::shared_ptr<Ingest>(std::move(source.ingest)));
    reaper_.retire(std::move(source.feed));
}

void Roster::replaceFeed(Source& source, SourceFeedPtr feed, const PeerId& peer) {
    if (auto last = source.feed->video.take(MediaTime::max())) feed->video.offer(std::move(last));
    source.feed->setState(SourceState::Ended);
    reaper_.retire(std::exchange(source.feed, std::move(feed)));
    source.peer = peer;
}

ParticipantInfo Roster::describe(const Participant& participant) const {
    ParticipantInfo info{.id = participant.id,
                         .identity = participant.identity,
                         .name = participant.name,
                         .role = participant.role,
                         .state = participant.state,
                         .audioMuted = participant.audioMuted,
                         .videoMuted = participant.videoMuted,
                         .pinned = participant.pinned,
                         .spotlight = participant.spotlight,
                         .handRaised = participant.handRaised,
                         .recordingConsent = participant.recordingConsent,
                         .gainDb = participant.gainDb};
    for (const auto& source : sources_) {
        if (source->participant != participant.id) continue;
        info.sources.push_back(source->id);
        info.levelDbov = std::max(info.levelDbov, static_cast<double>(source->feed->meter.levelDbov()));
        info.speaking = info.speaking || source->feed->meter.isSpeaking();
    }
    return info;
}

}  // namespace tessera
