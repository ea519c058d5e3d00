#pragma once

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "pipelines/ingest/media_reader.h"
#include "pipelines/render/recorded_meeting.h"
#include "tests/support/temporary_folder.h"

namespace tessera {

/// A recorded meeting that is made up: sources with files of one colour and one tone each.
class MadeUpMeeting {
public:
    static constexpr MediaTime kOrigin{std::chrono::seconds(5)};

    explicit MadeUpMeeting(Duration length, Size canvas = {640, 360}) {
        meeting.origin = kOrigin;
        meeting.end = kOrigin + length;
        score_.at = kOrigin;
        score_.playoutDelay = std::chrono::milliseconds(80);
        ScoreView main{.id = ViewId::fromString("main").value(), .spec = {.canvas = canvas}};
        main.spec.scene.labels = false;
        main.spec.scene.activeSpeakerBorder = false;
        main.spec.scene.params.gap = 0;
        score_.views.push_back(std::move(main));
    }

    /// A participant's source, from the next score on. @return its id
    SourceId join(const std::string& name) {
        const auto id = SourceId::fromString("src_" + name).value();
        score_.sources.push_back({.id = id,
                                  .name = name,
                                  .kind = "webrtc",
                                  .participant = ParticipantId::fromString("par_" + name).value()});
        return id;
    }

    MeetingScore& score() { return score_; }
    /// What has been set up so far is in force from `at` on, seconds since the origin.
    void scoreAt(double at) {
        score_.at = kOrigin + std::chrono::microseconds(static_cast<std::int64_t>(at * 1e6));
        meeting.scores.push_back(std::make_shared<const MeetingScore>(score_));
    }

    struct Clip {
        std::string colour;  ///< empty = no picture
        int toneHz = 0;      ///< 0 = no sound
        double begins = 0, lasts = 1;
        bool isFlashing = false;  ///< white and loud for 100 ms from each full second of the clip alone
    };
    /// Makes a file as an isolated recording has it: H.264 and Opus, timestamps from the origin on.
    std::string addFile(const SourceId& source, const Clip& clip) {
        const auto path = folder.path() + "/" + source.toString() + "-" + std::to_string(++files_) + ".mkv";
        const std::string lasts = std::to_string(clip.lasts);
        std::string command = "ffmpeg -v error -y";
        const std::string flash = clip.isFlashing ? ",drawbox=c=white:t=fill:enable='lt(mod(n,30),3)'" : "";
        const std::string beep = clip.isFlashing ? "*lt(mod(t,1),0.1)" : "";
        if (!clip.colour.empty()) {
            command += " -f lavfi -i \"color=c=" + clip.colour + ":s=320x180:r=30:d=" + lasts + flash + "\"";
        }
        if (clip.toneHz > 0) {
            command += " -f lavfi -i \"aevalsrc='0.2*sin(2*PI*" + std::to_string(clip.toneHz) + "*t)" + beep +
                       "':s=48000:d=" + lasts + "\"";
        }
        command += " -c:v libx264 -preset ultrafast -bf 0 -g 30 -pix_fmt yuv420p";
        // FFmpeg 5.1 takes Opus' pre-skip off twice: where times are compared the sound is not coded.
        command += clip.isFlashing ? " -c:a pcm_s16le" : " -c:a libopus -b:a 96k";
        command += " -output_ts_offset " + std::to_string(clip.begins) + " " + path;
        BOOST_REQUIRE(std::system(command.c_str()) == 0);
        meeting.files.push_back({.source = source,
                                 .path = path,
                                 .begins = std::chrono::milliseconds(static_cast<std::int64_t>(clip.begins * 1000))});
        return path;
    }

    TemporaryFolder folder;
    RecordedMeeting meeting;

private:
    MeetingScore score_;
    int files_ = 0;
};

/// Everything in a file, decoded. Times are those of the file's own timestamps.
struct DecodedProgramme {
    std::vector<std::pair<double, std::shared_ptr<VideoFrame>>> pictures;
    double soundBegin = 0;
    std::vector<float> sound;  ///< left channel, 48 kHz

    static DecodedProgramme read(const std::string& path) {
        DecodedProgramme programme;
        auto reader = MediaReader::open(path);
        BOOST_REQUIRE_MESSAGE(reader.ok(), path);
        while (auto item = (*reader)->next()) {
            const double time = toSeconds(item->time + (*reader)->begin());
            if (item->picture) {
                programme.pictures.emplace_back(time, item->picture);
                continue;
            }
            if (programme.sound.empty()) programme.soundBegin = time;
            for (std::size_t i = 0; i < item->sound.size(); i += 2) programme.sound.push_back(item->sound[i]);
        }
        return programme;
    }

    const VideoFrame& at(double seconds) const {
        const VideoFrame* shown = pictures.front().second.get();
        for (const auto& [time, picture] : pictures) {
            if (time <= seconds + 0.001) shown = picture.get();
        }
        return *shown;
    }
    /// Of one point, in fractions of the picture.
    Yuv colourAt(double seconds, double x, double y) const {
        const VideoFrame& picture = at(seconds);
        const auto sample = [&](std::size_t plane, int shrink) {
            const int column = static_cast<int>(x * picture.size.width) / shrink;
            const int row = static_cast<int>(y * picture.size.height) / shrink;
            return picture.planes[plane].data[row * picture.planes[plane].stride + column];
        };
        return {sample(0, 1), sample(1, 2), sample(2, 2)};
    }
    std::vector<float> soundBetween(double from, double to) const {
        const auto index = [&](double t) {
            const auto at = static_cast<std::ptrdiff_t>((t - soundBegin) * 48000);
            return std::clamp<std::ptrdiff_t>(at, 0, static_cast<std::ptrdiff_t>(sound.size()));
        };
        return {sound.begin() + index(from), sound.begin() + index(to)};
    }
};

}  // namespace tessera
