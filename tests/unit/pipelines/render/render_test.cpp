#include "pipelines/render/render.h"

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "pipelines/media_factory.h"
#include "tests/support/frame_code_reader.h"
#include "tests/support/recorded_meeting.h"
#include "tests/support/signal.h"

namespace tessera {
namespace {

constexpr double kHeard = 0.05, kUnheard = 0.002;

struct Rendered {
    RenderReport report;
    DecodedProgramme programme;
};

Rendered rendered(const MadeUpMeeting& made, const RenderOptions& options) {
    const auto factory = createMediaFactory();
    RenderControl control;
    const auto path = made.folder.path() + "/out." + options.container;
    const auto report = render(made.meeting, options, path, *factory, control);
    BOOST_REQUIRE_MESSAGE(report.ok(), (report.ok() ? "" : report.error().message));
    auto programme = DecodedProgramme::read(path);
    std::filesystem::remove(path);
    return {*report, std::move(programme)};
}

bool isRed(Yuv colour) {
    return colour.v > 200;
}
bool isBlue(Yuv colour) {
    return colour.u > 200;
}

double heard(const DecodedProgramme& programme, double hz, double from, double to) {
    return goertzelAmplitude(programme.soundBetween(from, to), hz);
}

/// Ada is red and sounds 500 Hz from the begin on; Bob is blue, sounds 2000 Hz, and comes after two seconds.
void fillAdaAndBob(MadeUpMeeting& made) {
    const auto ada = made.join("Ada");
    made.scoreAt(0);
    made.addFile(ada, {.colour = "red", .toneHz = 500, .begins = 0, .lasts = 4});
    const auto bob = made.join("Bob");
    made.scoreAt(2);
    made.addFile(bob, {.colour = "blue", .toneHz = 2000, .begins = 2, .lasts = 2});
}

MadeUpMeeting& adaAndBob() {
    static MadeUpMeeting made(std::chrono::seconds(4));
    static const bool isFilled = (fillAdaAndBob(made), true);
    static_cast<void>(isFilled);
    return made;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(render_recorded)

BOOST_AUTO_TEST_CASE(each_picture_is_that_of_its_own_tick) {
    MadeUpMeeting made(std::chrono::seconds(2));
    ScoreSource source{.id = SourceId::create(), .name = "code", .kind = "test"};
    source.params.set("pattern", "coded");
    source.params.set("audio", "silence");
    made.score().sources.push_back(source);
    made.scoreAt(0);
    RenderOptions options;
    options.bitrateKbps = 8000;
    const auto [report, programme] = rendered(made, options);

    BOOST_TEST((report.beginsAt == MediaTime(std::chrono::milliseconds(5100))));
    BOOST_TEST(report.pictures == 60U);
    BOOST_TEST(report.warnings.empty());
    BOOST_REQUIRE(programme.pictures.size() == 60U);
    const FrameRate rate;
    for (std::size_t i = 0; i < programme.pictures.size(); ++i) {
        const auto& [time, picture] = programme.pictures[i];
        BOOST_TEST(std::abs(time - static_cast<double>(i) / 30) < 0.0005);
        const auto code = readFrameCode(picture->planes[0], {0, 0, 640, 360});
        BOOST_REQUIRE(code.has_value());
        const auto tick = rate.tickTime(153 + static_cast<std::int64_t>(i));
        const auto wanted = rate.tickTime(rate.tickAt(tick - std::chrono::milliseconds(80) + rate.period() / 2));
        BOOST_TEST((code->time_since_epoch() == std::chrono::floor<std::chrono::milliseconds>(wanted)));
    }
}

BOOST_AUTO_TEST_CASE(a_source_is_seen_and_heard_from_its_coming_on) {
    const auto [report, programme] = rendered(adaAndBob(), {});
    BOOST_TEST(report.warnings.empty());
    BOOST_TEST(programme.pictures.size() == 120U);
    BOOST_TEST(isRed(programme.colourAt(1, 0.5, 0.5)));
    BOOST_TEST(heard(programme, 500, 0.5, 1.5) > kHeard);
    BOOST_TEST(heard(programme, 2000, 0.5, 1.8) < kUnheard);
    BOOST_TEST(isRed(programme.colourAt(3, 0.25, 0.5)));
    BOOST_TEST(isBlue(programme.colourAt(3, 0.75, 0.5)));
    BOOST_TEST(heard(programme, 500, 2.5, 3.5) > kHeard);
    BOOST_TEST(heard(programme, 2000, 2.5, 3.5) > kHeard);
}

BOOST_AUTO_TEST_CASE(who_is_excluded_is_neither_seen_nor_heard) {
    for (const char* who : {"Ada", "src_Ada", "par_Ada"}) {
        RenderOptions options;
        options.variant.exclude = {who};
        const auto [report, programme] = rendered(adaAndBob(), options);
        BOOST_TEST(report.warnings.empty());
        for (const auto& [time, picture] : programme.pictures) {
            for (const double x : {0.1, 0.5, 0.9}) BOOST_TEST(!isRed(programme.colourAt(time, x, 0.5)));
        }
        BOOST_TEST(isBlue(programme.colourAt(3, 0.5, 0.5)));
        BOOST_TEST(heard(programme, 500, 0.2, 3.8) < kUnheard);
        BOOST_TEST(heard(programme, 2000, 2.5, 3.5) > kHeard);
    }
}

BOOST_AUTO_TEST_CASE(layout_canvas_rate_and_range_are_those_that_are_asked_for) {
    RenderOptions options;
    options.variant.layout = "picture-in-picture";
    options.variant.canvas = Size{320, 240};
    options.variant.rate = FrameRate{15, 1};
    options.from = std::chrono::milliseconds(2500);
    options.to = std::chrono::milliseconds(3500);
    options.container = "mkv";
    const auto [report, programme] = rendered(adaAndBob(), options);
    BOOST_TEST(report.pictures == 15U);
    BOOST_REQUIRE(programme.pictures.size() == 15U);
    BOOST_TEST((programme.pictures.front().second->size == Size{320, 240}));
    BOOST_TEST(isRed(programme.colourAt(0, 0.2, 0.5)));
    BOOST_TEST(isBlue(programme.colourAt(0, 0.88, 0.85)));
    BOOST_TEST(heard(programme, 2000, 0.1, 0.9) > kHeard);
    BOOST_TEST(std::abs(static_cast<double>(programme.sound.size()) / 48000 - 1.0) < 0.05);
}

BOOST_AUTO_TEST_CASE(sound_and_picture_stay_together_at_every_rate) {
    MadeUpMeeting made(std::chrono::seconds(4));
    const auto ada = made.join("Ada");
    made.scoreAt(0);
    made.addFile(ada, {.colour = "black", .toneHz = 1000, .begins = 0.013, .lasts = 4, .isFlashing = true});
    for (const FrameRate rate : {FrameRate{30, 1}, FrameRate{60, 1}, FrameRate{30000, 1001}}) {
        RenderOptions options;
        options.variant.rate = rate;
        const auto programme = rendered(made, options).programme;
        const auto isBright = [&](std::size_t i) {
            const auto& picture = *programme.pictures[i].second;
            return picture.planes[0].data[picture.planes[0].stride * 100 + 200] > 150;
        };
        int flashes = 0;
        for (std::size_t i = 1; i < programme.pictures.size(); ++i) {
            if (isBright(i - 1) || !isBright(i)) continue;
            const double flash = programme.pictures[i].first;
            if (flash < 0.5) continue;
            ++flashes;
            BOOST_TEST(std::abs(flash - std::round(flash) - 0.013) < toSeconds(rate.period()) / 2 + 0.004);
            const auto sound = programme.soundBetween(flash - 0.2, flash + 0.2);
            const auto loud =
                std::find_if(sound.begin(), sound.end(), [](float sample) { return std::abs(sample) > 0.05F; });
            BOOST_REQUIRE(loud != sound.end());
            const double beep = static_cast<double>(loud - sound.begin()) / 48000 - 0.2;
            BOOST_TEST(std::abs(beep) < toSeconds(rate.period()) / 2 + 0.004, beep);
        }
        BOOST_TEST(flashes == 3);
    }
}

BOOST_AUTO_TEST_CASE(a_gap_in_a_source_shows_the_last_picture_and_is_silent) {
    MadeUpMeeting made(std::chrono::seconds(3));
    const auto ada = made.join("Ada");
    made.scoreAt(0);
    made.addFile(ada, {.colour = "red", .toneHz = 500, .begins = 0, .lasts = 1});
    made.addFile(ada, {.colour = "blue", .toneHz = 2000, .begins = 2, .lasts = 1});
    const auto [report, programme] = rendered(made, {});
    BOOST_TEST(report.warnings.empty());
    BOOST_TEST(isRed(programme.colourAt(1.5, 0.5, 0.5)));
    BOOST_TEST(heard(programme, 500, 1.3, 1.9) < kUnheard);
    BOOST_TEST(isBlue(programme.colourAt(2.5, 0.5, 0.5)));
    BOOST_TEST(heard(programme, 2000, 2.2, 2.9) > kHeard);
}

BOOST_AUTO_TEST_CASE(a_missing_or_damaged_file_is_told_and_costs_nothing_else) {
    MadeUpMeeting made(std::chrono::seconds(2));
    const auto ada = made.join("Ada");
    const auto bob = made.join("Bob");
    const auto eve = made.join("Eve");
    const auto zoe = made.join("Zoe");
    made.scoreAt(0);
    made.addFile(ada, {.colour = "red", .toneHz = 500, .begins = 0, .lasts = 2});
    std::filesystem::remove(made.addFile(bob, {.colour = "blue", .toneHz = 2000, .begins = 0, .lasts = 2}));
    const auto damaged = made.addFile(eve, {.colour = "blue", .toneHz = 3000, .begins = 0, .lasts = 2});
    std::ofstream(damaged, std::ios::binary) << "no media";
    const auto [report, programme] = rendered(made, {});
    BOOST_REQUIRE(report.warnings.size() == 3U);
    const auto told = [&](const std::string& what) {
        return std::any_of(report.warnings.begin(), report.warnings.end(),
                           [&](const std::string& each) { return each.find(what) != std::string::npos; });
    };
    BOOST_TEST(told("src_Bob"));
    BOOST_TEST(told("src_Eve"));
    BOOST_TEST(told("Zoe"));
    BOOST_TEST(programme.pictures.size() == 60U);
    BOOST_TEST(isRed(programme.colourAt(1, 0.25, 0.25)));
    BOOST_TEST(heard(programme, 500, 0.5, 1.5) > kHeard);
}

BOOST_AUTO_TEST_CASE(a_muted_source_is_not_heard_and_not_seen) {
    MadeUpMeeting made(std::chrono::seconds(2));
    const auto ada = made.join("Ada");
    made.scoreAt(0);
    made.score().sources[0].audioMuted = made.score().sources[0].videoMuted = true;
    made.scoreAt(1);
    made.addFile(ada, {.colour = "red", .toneHz = 500, .begins = 0, .lasts = 2});
    const auto [report, programme] = rendered(made, {});
    BOOST_TEST(isRed(programme.colourAt(0.5, 0.1, 0.1)));
    BOOST_TEST(heard(programme, 500, 0.2, 0.8) > kHeard);
    BOOST_TEST(!isRed(programme.colourAt(1.5, 0.1, 0.1)));
    BOOST_TEST(heard(programme, 500, 1.2, 1.8) < kUnheard);
}

BOOST_AUTO_TEST_CASE(the_speakers_are_those_of_the_score) {
    auto& made = adaAndBob();
    RenderOptions options;
    options.variant.layout = "single";
    options.from = std::chrono::seconds(2);
    made.meeting.speakers = {
        {made.meeting.origin + std::chrono::seconds(2), {SourceId::fromString("src_Bob").value()}},
        {made.meeting.origin + std::chrono::seconds(3), {SourceId::fromString("src_Ada").value()}}};
    const auto [report, programme] = rendered(made, options);
    made.meeting.speakers.clear();
    BOOST_TEST(isBlue(programme.colourAt(0.5, 0.5, 0.5)));
    BOOST_TEST(isRed(programme.colourAt(1.5, 0.5, 0.5)));
}

BOOST_AUTO_TEST_CASE(what_is_cancelled_leaves_nothing) {
    const auto factory = createMediaFactory();
    RenderControl control;
    control.isCancelled = true;
    const auto path = adaAndBob().folder.path() + "/cancelled.mp4";
    const auto report = render(adaAndBob().meeting, {}, path, *factory, control);
    BOOST_REQUIRE(!report.ok());
    BOOST_TEST((report.error().code == ErrorCode::Timeout));
    BOOST_TEST(!std::filesystem::exists(path));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_done_is_refused) {
    const auto factory = createMediaFactory();
    RenderControl control;
    const auto fieldOf = [&](const RenderOptions& options) {
        const auto path = adaAndBob().folder.path() + "/refused.mp4";
        const auto report = render(adaAndBob().meeting, options, path, *factory, control);
        BOOST_TEST(!report.ok());
        BOOST_TEST(!std::filesystem::exists(path));
        return report.ok() ? std::string() : report.error().field;
    };
    RenderOptions nobody, layout, canvas, late, view, container;
    nobody.variant.exclude = {"Zoe"};
    layout.variant.layout = "spiral";
    canvas.variant.canvas = Size{101, 50};
    late.from = std::chrono::seconds(9);
    container.container = "avi";
    BOOST_TEST(fieldOf(nobody) == "exclude");
    BOOST_TEST(fieldOf(layout) == "layout");
    BOOST_TEST(fieldOf(canvas) == "canvas.width");
    BOOST_TEST(fieldOf(late) == "from_ms");
    BOOST_TEST(fieldOf(container) == "container");
    view.variant.view = ViewId::create();
    BOOST_TEST(fieldOf(view) == "view");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
