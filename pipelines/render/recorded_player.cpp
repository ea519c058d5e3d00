#include <algorithm>
#include <optional>

#include "mcu/media/audio_block.h"

#include "pipelines/codecs/speech_enhancer.h"
#include "pipelines/render/decode_ahead.h"
#include "pipelines/render/source_player.h"

namespace tessera {
namespace {

/// A file is opened so much before its first media is due.
constexpr Duration kOpenAhead = std::chrono::seconds(1);

class RecordedPlayer final : public SourcePlayer {
public:
    RecordedPlayer(std::vector<RecordedFile> files, bool isEnhanced, MediaTime origin, MediaTime from)
        : isEnhanced_(isEnhanced), origin_(origin), from_(from) {
        for (auto& file : files) reels_.push_back({.file = std::move(file)});
    }

    void playTo(MediaTime t, const SourceFeedPtr& feed) override {
        for (auto& reel : reels_) {
            if (!reel.isOver) play(reel, t - origin_, *feed);
        }
    }

private:
    struct Reel {
        RecordedFile file;
        std::unique_ptr<DecodeAhead> reader{};
        bool isOver = false;
    };

    void play(Reel& reel, Duration t, SourceFeed& feed) {
        if (reel.file.begins > t + kOpenAhead) return;
        if (!reel.reader) reel.reader = std::make_unique<DecodeAhead>(reel.file.path, from_ - origin_);
        while (auto item = reel.reader->take(t)) write(reel.file, std::move(*item), feed);
        if (!reel.reader->isOver()) return;
        if (auto fault = reel.reader->fault(); !fault.empty()) warn(std::move(fault));
        reel.reader.reset();
        reel.isOver = true;
    }

    void write(const RecordedFile& file, MediaItem item, SourceFeed& feed) {
        const MediaTime pts = origin_ + item.time;
        if (item.picture) {
            item.picture->pts = pts;
            if (file.quarterTurns != 0) item.picture->orientation = {file.quarterTurns, false};
            return feed.video.offer(std::move(item.picture));
        }
        const Duration later = isEnhanced_ ? enhancer_.process(feed.treatment, item.sound) : Duration{};
        feed.audio.write(pts - later, item.sound.data(), item.sound.size() / kAudioChannels);
    }

    // State
    std::vector<Reel> reels_;
    SpeechEnhancer enhancer_;
    const bool isEnhanced_;
    const MediaTime origin_, from_;
};

}  // namespace

std::unique_ptr<SourcePlayer> createRecordedPlayer(std::vector<RecordedFile> files, const ScoreSource& source,
                                                   MediaTime origin, MediaTime from) {
    // As in the meeting: who speaks through a peer is treated, what an ingest reads is not.
    const bool isEnhanced = source.kind == "webrtc" || source.kind == "rtp";
    return std::make_unique<RecordedPlayer>(std::move(files), isEnhanced, origin, from);
}

}  // namespace tessera
