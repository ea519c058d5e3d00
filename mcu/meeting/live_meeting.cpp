#include "mcu/meeting/live_meeting.h"

#include "mcu/base/log.h"
#include "mcu/meeting/plans.h"

namespace tessera {
namespace {

/// How often control looks at who talks: bounds how long a new talker may hear the shared mix, and so how much of a
/// first word may be missing. Below the playout delay less a tick: a talker whose level is known before its sound is
/// due then loses nothing.
constexpr Duration kTalkerWatch = std::chrono::milliseconds(10);

double percentileMs(const Histogram& histogram, double fraction) {
    return static_cast<double>(histogram.percentile(fraction)) / 1000;
}

std::string_view filterName(ScaleFilter filter) {
    switch (filter) {
        case ScaleFilter::CatmullRom: return "catmull_rom";
        case ScaleFilter::Area: return "area";
        case ScaleFilter::Bilinear: return "bilinear";
    }
    return "";
}

}  // namespace

std::unique_ptr<Meeting> Meeting::create(MeetingId id, MeetingSettings settings, MediaFactory& factory,
                                         PeerFactory& peers, const Clock& clock, MeetingListener& listener) {
    return std::make_unique<LiveMeeting>(std::move(id), std::move(settings), factory, peers, clock, listener);
}

Status Meeting::validate(const MeetingSettings& settings) {
    TESSERA_TRY(ViewSet::validate({settings.canvas, settings.rate, settings.scene}));
    if (settings.maxParticipants < 1 || settings.maxParticipants > 10000) {
        return invalidArgument("max_participants must be from 1 to 10000", "max_participants");
    }
    if (settings.talkers < 1 || settings.talkers > 64) {
        return invalidArgument("talkers must be from 1 to 64", "audio.talkers");
    }
    return kOk;
}

LiveMeeting::LiveMeeting(MeetingId id, MeetingSettings settings, MediaFactory& factory, PeerFactory& peers,
                         const Clock& clock, MeetingListener& listener)
    : factory_(factory),
      clock_(clock),
      listener_(listener),
      id_(std::move(id)),
      videoMixer_(videoPlan_, clock),
      audioMixer_(audioPlan_),
      loudness_(factory.createLoudnessMeter()),
      settings_(std::move(settings)),
      roster_(reaper_),
      views_(factory, reaper_, id_.toString(), {settings_.canvas, settings_.rate, settings_.scene}),
      renditions_(factory, reaper_),
      outputs_(factory, renditions_, reaper_),
      sessions_(peers, control_, reaper_, *this) {}

LiveMeeting::~LiveMeeting() {
    static_cast<void>(end());
    control_.stop();
    reaper_.stop();
}

Status LiveMeeting::start() {
    return onControl([this]() -> Status {
        if (state_ != MeetingState::Scheduled) {
            return conflict("the meeting is " + std::string(toString(state_)) + ", not scheduled");
        }
        state_ = MeetingState::Live;
        const auto epoch = clock_.now();
        timeline_ = std::make_unique<Timeline>(clock_, epoch);
        publish();
        videoTicks_ = std::make_unique<TickThread>("video-tick", clock_, settings_.rate, epoch,
                                                   [this](std::int64_t n) { videoMixer_.tick(n); });
        audioTicks_ = std::make_unique<TickThread>("audio-tick", clock_, kAudioTickRate, epoch,
                                                   [this](std::int64_t k) { audioMixer_.tick(k); });
        watchTalkers();
        watchOutputs();
        emit("meeting.started", id_.toString());
        return kOk;
    });
}

Status LiveMeeting::end() {
    return control_.call(std::chrono::seconds(10), [this]() -> Status {
        endOnControl();
        return kOk;
    });
}

void LiveMeeting::endOnControl() {
    if (state_ == MeetingState::Ended) return;
    const bool wasLive = state_ == MeetingState::Live;
    for (const auto& output : outputs_.all()) {
        if (const auto last = outputs_.remove(output.id)) tell(outputWatch_.removed(*last));
    }
    for (auto* session : sessions_.all()) sessions_.close(PeerId(session->id));
    while (!roster_.sources().empty()) roster_.remove(SourceId(roster_.sources().front()->id));
    while (!roster_.participants().empty()) roster_.remove(ParticipantId(roster_.participants().front()->id));
    renditions_.clear();
    state_ = MeetingState::Ended;
    if (!wasLive) return;
    publish();
    videoTicks_->stop();
    audioTicks_->stop();
    emit("meeting.ended", id_.toString());
}

Status LiveMeeting::requireLive() const {
    if (state_ == MeetingState::Live) return kOk;
    return conflict("the meeting is " + std::string(toString(state_)) + ", not live");
}

Applied LiveMeeting::publish() {
    if (!timeline_) return {};
    for (const auto& source : roster_.sources()) {
        source->feed->treatment.denoise = source->denoise.value_or(settings_.audio.denoise);
        source->feed->treatment.agc = source->agc.value_or(settings_.audio.agc);
    }
    const Duration wallAtEpoch =
        std::chrono::system_clock::now().time_since_epoch() - timeline_->now().time_since_epoch();
    reaper_.retire(videoPlan_.publish(makeVideoPlan(settings_, roster_, views_, renditions_, wallAtEpoch)));
    reaper_.retire(audioPlan_.publish(makeAudioPlan(settings_, roster_, renditions_, loudness_)));
    const auto frame = settings_.rate.tickAt(timeline_->now().time_since_epoch()) + 1;
    const Applied applied{.at = MediaTime(settings_.rate.tickTime(frame)), .frame = frame};
    if (outputs_.takeSources()) outputs_.setSources(outputSources());
    tellScore(applied.at);
    return applied;
}

void LiveMeeting::emit(std::string_view type, const std::string& subject, const std::string& detail) {
    log(LogLevel::Info, "meeting", type, {{"meeting", id_.toString()}, {"subject", subject}, {"detail", detail}});
    emit({.type = std::string(type),
          .subject = subject,
          .detail = detail,
          .at = timeline_ ? timeline_->now() : MediaTime{}});
}

void LiveMeeting::emit(MeetingEvent event) {
    event.meeting = id_;
    listener_.onEvent(event);
}

void LiveMeeting::watchTalkers() {
    if (state_ != MeetingState::Live) return;
    const auto now = timeline_->now();
    ParticipantId speaker;
    for (const auto& source : roster_.sources()) {
        if (source->owner == nullptr) continue;
        if (source->feed->meter.isTalker()) source->owner->lastTalked = now;
        if (source->feed->meter.isSpeaking() && source->feed->meter.speakerRank() == 0) speaker = source->owner->id;
    }
    bool changed = false;
    for (auto* session : sessions_.all()) changed = settleMix(*session, false) || changed;
    for (const auto& participant : roster_.participants()) {
        if (participant->talkedLately == participant->hasTalked(now)) continue;
        participant->talkedLately = participant->hasTalked(now);
        for (auto* session : sessions_.of(participant->id)) chooseMix(*session);
        changed = true;
    }
    if (changed) publish();
    tellSpeakers(now);
    if (!speaker.isEmpty() && speaker != activeSpeaker_) emit("participant.speaking", speaker.toString());
    if (!speaker.isEmpty()) activeSpeaker_ = speaker;
    control_.postDelayed(kTalkerWatch, [this] { watchTalkers(); });
}

Result<MeetingInfo> LiveMeeting::info() {
    return onControl([this]() -> Result<MeetingInfo> {
        return MeetingInfo{.id = id_,
                           .state = state_,
                           .settings = settings_,
                           .participants = static_cast<int>(roster_.participants().size()),
                           .now = timeline_ ? timeline_->now() : MediaTime{}};
    });
}

Result<Applied> LiveMeeting::update(const MeetingPatch& patch) {
    return onControl([this, patch]() -> Result<Applied> {
        auto next = settings_;
        if (patch.name) next.name = *patch.name;
        if (patch.locked) next.locked = *patch.locked;
        if (patch.maxParticipants) next.maxParticipants = *patch.maxParticipants;
        if (patch.talkers) next.talkers = *patch.talkers;
        if (patch.audio) next.audio = *patch.audio;
        TESSERA_TRY(validate(next));
        settings_ = std::move(next);
        if (patch.locked.value_or(false)) emit("meeting.locked", id_.toString());
        return publish();
    });
}

Result<MeetingStats> LiveMeeting::stats() {
    return onControl([this]() -> Result<MeetingStats> {
        MeetingStats stats;
        stats.renditions = renditions_.info();
        if (loudness_) stats.loudness = loudness_->reading();
        if (!timeline_) return stats;
        const auto& video = videoTicks_->stats();
        const auto& audio = audioTicks_->stats();
        stats.now = timeline_->now();
        stats.videoTicks = video.ticks.value();
        stats.videoSkipped = video.skipped.value();
        stats.videoLate = video.late.value();
        stats.audioTicks = audio.ticks.value();
        stats.audioSkipped = audio.skipped.value();
        stats.audioLate = audio.late.value();
        stats.videoFilter = filterName(videoMixer_.filter());
        stats.videoFilterChanges = videoMixer_.filterChanges();
        stats.videoTickMsP50 = percentileMs(video.workUs, 0.5);
        stats.videoTickMsP99 = percentileMs(video.workUs, 0.99);
        stats.audioTickMsP50 = percentileMs(audio.workUs, 0.5);
        stats.audioTickMsP99 = percentileMs(audio.workUs, 0.99);
        return stats;
    });
}

}  // namespace tessera
