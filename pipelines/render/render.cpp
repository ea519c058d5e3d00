#include "pipelines/render/render.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "mcu/audio/audio_mixer.h"
#include "mcu/base/snapshot.h"
#include "mcu/meeting/encode_defaults.h"
#include "mcu/video/video_mixer.h"

#include "pipelines/render/program_writer.h"
#include "pipelines/render/source_player.h"

namespace tessera {
namespace {

/// So long before the first picture sources are heard, so that levels, talkers and limiters are what they were.
constexpr Duration kWarmUp = std::chrono::seconds(3);
/// Sound that is encoded before the first picture: more than an encoder's delay, which is then over.
constexpr Duration kSoundLead = std::chrono::milliseconds(60);
/// Sources are played so far beyond what a tick reads: the mixer's look-ahead, an enhancer's delay, and packets of
/// sound that begin early.
constexpr Duration kPlayAhead = std::chrono::milliseconds(40);
/// More is beyond any use, and fills disks.
constexpr Duration kLongest = std::chrono::hours(48);

/// Keeps what a tick has offered, until it is written where one may wait.
class LastPicture final : public FrameSink {
public:
    void offer(FramePtr frame) override { frame_ = std::move(frame); }
    FramePtr take() { return std::exchange(frame_, nullptr); }

private:
    FramePtr frame_;
};

class LastBlock final : public BlockSink {
public:
    void offer(const AudioBlock& block) override { block_ = block; }
    const AudioBlock& block() const { return block_; }

private:
    AudioBlock block_;
};

struct Range {
    MediaTime begin, end;  ///< of the pictures' ticks
};

/// A tick shows what the sources sent a playout delay before it.
Result<Range> rangeOf(const RecordedMeeting& meeting, const RenderOptions& options) {
    const Duration delay = meeting.scores.front()->playoutDelay;
    const MediaTime first = meeting.origin + options.from;
    const MediaTime last = options.to ? std::min(meeting.origin + *options.to, meeting.end) : meeting.end;
    if (options.from < Duration{}) return invalidArgument("from_ms must not be negative", "from_ms");
    if (first >= last) return invalidArgument("there is nothing recorded between from_ms and to_ms", "from_ms");
    if (last - first > kLongest) return invalidArgument("at most 48 hours are rendered at a time", "to_ms");
    return Range{first + delay, last + delay};
}

Status checkExcluded(const RecordedMeeting& meeting, const ScoreVariant& variant) {
    for (const auto& name : variant.exclude) {
        ScoreVariant one;
        one.exclude = {name};
        const bool wasThere = std::any_of(meeting.scores.begin(), meeting.scores.end(), [&](const auto& score) {
            return std::any_of(score->sources.begin(), score->sources.end(),
                               [&](const ScoreSource& source) { return ScoreStage::isExcluded(one, source); });
        });
        if (!wasThere) return invalidArgument("nobody and nothing in the recording is called " + name, "exclude");
    }
    return kOk;
}

/// The first score that has the view.
const MeetingScore& firstWith(const RecordedMeeting& meeting, const ViewId& view) {
    const auto wanted = view.isEmpty() ? ViewSet::mainId() : view;
    const auto found = std::find_if(meeting.scores.begin(), meeting.scores.end(), [&](const auto& score) {
        return std::any_of(score->views.begin(), score->views.end(),
                           [&](const ScoreView& each) { return each.id == wanted; });
    });
    return found == meeting.scores.end() ? *meeting.scores.front() : **found;
}

class RenderRun {
public:
    RenderRun(const RecordedMeeting& meeting, const RenderOptions& options, MediaFactory& factory,
              RenderControl& control)
        : meeting_(meeting), options_(options), factory_(factory), control_(control) {}

    Result<RenderReport> run(const std::string& path) {
        TESSERA_TRY(prepare(path));
        const MediaTime from = std::max(range_.begin - kWarmUp, meeting_.origin);
        n_ = rate().tickAt(range_.begin.time_since_epoch());
        if (videoTime() < range_.begin) ++n_;
        report_.beginsAt = videoTime();
        warmFrom_ = from;
        for (auto k = kAudioTickRate.tickAt(from.time_since_epoch()); blockTime(k) < range_.end; ++k) {
            if (control_.isCancelled) return Error{ErrorCode::Timeout, "the rendering was cancelled", {}};
            TESSERA_TRY(writer_->status());
            step(k);
        }
        TESSERA_TRY(writer_->finish());
        report_.duration = rate().tickTime(static_cast<std::int64_t>(report_.pictures));
        collectWarnings();
        return report_;
    }

private:
    static MediaTime blockTime(std::int64_t k) { return MediaTime(kAudioTickRate.tickTime(k)); }
    FrameRate rate() const { return stage_->view().rate; }
    MediaTime videoTime() const { return MediaTime(rate().tickTime(n_)); }

    Status prepare(const std::string& path) {
        const auto range = rangeOf(meeting_, options_);
        if (!range) return range.error();
        range_ = *range;
        auto stage = ScoreStage::create(factory_, options_.variant, firstWith(meeting_, options_.variant.view));
        if (!stage) return stage.error();
        stage_ = std::move(stage).value();
        ProgramWriter::Spec spec{.path = path, .isMatroska = options_.container == "mkv"};
        spec.video = defaultVideoEncode(VideoCodec::H264, stage_->view(), EncodeSettings{});
        if (options_.bitrateKbps > 0) spec.video.bitrateKbps = options_.bitrateKbps;
        spec.audio = spec.isMatroska ? AudioEncodeSpec{AudioCodec::Opus, 96} : AudioEncodeSpec{AudioCodec::Aac, 128};
        auto writer = ProgramWriter::create(std::move(spec));
        if (!writer) return writer.error();
        writer_ = std::move(writer).value();
        report_.canvas = stage_->view().canvas;
        report_.rate = rate();
        return kOk;
    }

    /// One block of sound, and the pictures whose time lies in it.
    void step(std::int64_t k) {
        const MediaTime time = blockTime(k);
        perform(time);
        play(blockTime(k + 1));
        audioMixer_.tick(k);
        if (time >= range_.begin - kSoundLead) writer_->write(block_->block());
        while (videoTime() < blockTime(k + 1) && videoTime() < range_.end) {
            perform(videoTime());
            showSpeakers(videoTime());
            videoMixer_.tick(n_++);
            if (auto picture = picture_->take()) {
                ++report_.pictures;
                writer_->write(std::move(picture));
            }
        }
        const auto done = std::max(time - range_.begin, Duration{}) * 1000 / (range_.end - range_.begin);
        control_.permille = static_cast<int>(done);
    }

    /// Brings the plans to what is in force at `t`.
    void perform(MediaTime t) {
        const auto& scores = meeting_.scores;
        const auto before = performed_;
        // Of several that are due only the newest counts; the first is in force from the begin on.
        while (performed_ < scores.size() && (performed_ == 0 || scores[performed_]->at <= t)) ++performed_;
        if (performed_ == before) return;
        stage_->perform(*scores[performed_ - 1]);
        for (const auto& source : scores[performed_ - 1]->sources) cast(source);
        videoPlan_.publish(stage_->videoPlan(picture_, meeting_.wallAtEpoch));
        audioPlan_.publish(stage_->audioPlan(block_));
    }

    /// Finds who plays a source, once for all its appearances.
    void cast(const ScoreSource& source) {
        const bool isOfPeer = source.kind == "webrtc" || source.kind == "rtp" || source.kind == "sip";
        if (!isOfPeer && !indices_.contains(source.id)) indices_.emplace(source.id, static_cast<int>(indices_.size()));
        if (players_.contains(source.id) || stage_->roster().find(source.id) == nullptr) return;
        std::vector<RecordedFile> files;
        for (const auto& file : meeting_.files) {
            if (file.source == source.id) files.push_back(file);
        }
        auto& player = players_[source.id];
        if (!files.empty()) {
            player = createRecordedPlayer(std::move(files), source, meeting_.origin, warmFrom_);
        } else if (isOfPeer) {
            warn("nothing was recorded of " + source.name);
        } else {
            auto made = createGeneratedPlayer(source, factory_, indices_.at(source.id), warmFrom_);
            if (!made) return warn(source.name + " (" + source.kind + ") is left out: " + made.error().message);
            player = std::move(made).value();
        }
    }

    void play(MediaTime until) {
        const Duration beyond = std::max(rate().period() / 2, kPlayAhead);
        for (const auto& source : stage_->roster().sources()) {
            const auto& player = players_[source->id];
            if (player) player->playTo(until - stage_->playoutDelay() + beyond, source->feed);
        }
    }

    /// The order of speakers as it was, without who is left out: loudness alone would not know who spoke before.
    void showSpeakers(MediaTime t) {
        const auto& orders = meeting_.speakers;
        if (orders.empty()) return;
        while (speakers_ < orders.size() && orders[speakers_].at <= t) ++speakers_;
        for (const auto& source : stage_->roster().sources()) publishRank(*source, -1);
        if (speakers_ == 0) return;
        int rank = 0;
        for (const auto& id : orders[speakers_ - 1].sources) {
            if (const auto* source = stage_->roster().find(id)) publishRank(*source, rank++);
        }
    }

    static void publishRank(const Source& source, int rank) {
        auto& meter = source.feed->meter;
        meter.publish({.levelDbov = meter.levelDbov(),
                       .speaking = meter.isSpeaking(),
                       .talker = meter.isTalker(),
                       .speakerRank = rank});
    }

    void warn(std::string text) { report_.warnings.push_back(std::move(text)); }

    void collectWarnings() {
        for (auto& text : stage_->takeWarnings()) warn(std::move(text));
        for (const auto& [id, player] : players_) {
            if (!player) continue;
            for (auto& text : player->takeWarnings()) warn(std::move(text));
        }
    }

    // Borrowed
    const RecordedMeeting& meeting_;
    const RenderOptions& options_;
    MediaFactory& factory_;
    RenderControl& control_;
    // Owned
    const ManualClock clock_{};  ///< stands still: no tick is ever late, so none is drawn worse
    std::shared_ptr<LastPicture> picture_ = std::make_shared<LastPicture>();
    std::shared_ptr<LastBlock> block_ = std::make_shared<LastBlock>();
    Snapshot<VideoPlan> videoPlan_;
    Snapshot<AudioPlan> audioPlan_;
    VideoMixer videoMixer_{videoPlan_, clock_};
    AudioMixer audioMixer_{audioPlan_};
    std::unique_ptr<ScoreStage> stage_;
    std::unique_ptr<ProgramWriter> writer_;
    std::map<SourceId, std::unique_ptr<SourcePlayer>> players_;  ///< null: nothing is known of it but its name
    // State
    Range range_{};
    MediaTime warmFrom_{};
    std::int64_t n_ = 0;               ///< the next picture's tick
    std::size_t performed_ = 0;        ///< scores
    std::size_t speakers_ = 0;         ///< orders of speakers
    std::map<SourceId, int> indices_;  ///< of sources without a peer, in the order of their coming
    RenderReport report_;
};

}  // namespace

Status checkRender(const RecordedMeeting& meeting, const RenderOptions& options, MediaFactory& factory) {
    TESSERA_CHECK(!meeting.scores.empty());
    const auto range = rangeOf(meeting, options);
    if (!range) return range.error();
    if (options.container != "mp4" && options.container != "mkv") {
        return invalidArgument("container must be mp4 or mkv", "container");
    }
    TESSERA_TRY(checkExcluded(meeting, options.variant));
    const auto stage = ScoreStage::create(factory, options.variant, firstWith(meeting, options.variant.view));
    return stage ? kOk : Status(stage.error());
}

Result<RenderReport> render(const RecordedMeeting& meeting, const RenderOptions& options, const std::string& path,
                            MediaFactory& factory, RenderControl& control) {
    TESSERA_TRY(checkRender(meeting, options, factory));
    const bool existed = std::filesystem::exists(path);
    auto report = RenderRun(meeting, options, factory, control).run(path);
    std::error_code ignored;
    if (!report && !existed) std::filesystem::remove(path, ignored);
    return report;
}

}  // namespace tessera
