#include "pipelines/outputs/hls/hls_output.h"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <future>

#include "mcu/base/sync.h"

#include "pipelines/outputs/hls/hls_thumbnailer.h"
#include "tests/support/flash_and_beep.h"
#include "tests/support/media_file.h"

namespace tessera {
namespace {

OutputRequest requestOf(const char* container) {
    OutputRequest request = recordingTo("mtg_1/main");
    Params given;
    given.set("container", std::string(container));
    request.params = completeParams(kHlsParams, given).value();
    return request;
}

/// What the site answers, now or later.
std::string fetch(HlsSite& site, const std::string& file, std::map<std::string, std::string> query = {}) {
    auto promise = std::make_shared<std::promise<Result<HlsAnswer>>>();
    auto future = promise->get_future();
    site.get({"mtg_1", "main", file, std::move(query)},
             [promise](Result<HlsAnswer> answer) { promise->set_value(std::move(answer)); });
    const auto answer = future.get();
    BOOST_REQUIRE_MESSAGE(answer.ok(), file);
    return *answer.value().body;
}

/// The lines of a playlist that are names.
std::vector<std::string> names(const std::string& playlist) {
    std::vector<std::string> result;
    std::istringstream lines(playlist);
    for (std::string line; std::getline(lines, line);) {
        if (!line.empty() && line[0] != '#') result.push_back(line);
    }
    return result;
}

std::string quotedAfter(const std::string& text, const std::string& before, std::size_t from = 0) {
    const auto at = text.find(before, from);
    if (at == std::string::npos) return {};
    const auto begin = at + before.size();
    return text.substr(begin, text.find('"', begin) - begin);
}

void save(const std::filesystem::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hls_output)

BOOST_AUTO_TEST_CASE(what_the_playlist_lists_decodes_whole_with_picture_and_sound_together) {
    for (const char* container : {"fmp4", "mpegts"}) {
        HlsSite site;
        const auto request = requestOf(container);
        auto output = createHlsOutput(request, site);
        BOOST_REQUIRE(output.ok());
        BOOST_TEST(((*output)->stats().state == OutputState::Connecting));
        {
            FlashAndBeep content(request, **output);
            content.run(500, 9500);
        }
        (*output)->stop();
        (*output)->stop();
        const auto stats = (*output)->stats();
        BOOST_TEST((stats.state == OutputState::Stopped));
        BOOST_TEST(std::abs(toSeconds(stats.duration) - 9) < 0.05);

        const auto rungs = names(fetch(site, "index.m3u8"));
        BOOST_REQUIRE(rungs.size() == 1U);
        const std::string media = fetch(site, rungs[0]);
        BOOST_TEST(media.ends_with("#EXT-X-ENDLIST\n"));
        const std::string map = quotedAfter(media, "#EXT-X-MAP:URI=\"");
        const std::string begin = map.empty() ? "" : fetch(site, map);
        std::string whole = begin, parts = begin;
        const TemporaryFolder folder;
        for (const auto& name : names(media)) {
            const std::string segment = fetch(site, name);
            whole += segment;
            save(folder / "one.bin", begin + segment);
            const auto alone = readMediaFile((folder / "one.bin").string());
            BOOST_REQUIRE(alone.has_value());
            BOOST_REQUIRE(!alone->pictures.empty());
            BOOST_TEST(alone->pictures.front().isKeyframe);
        }
        for (auto at = media.find("#EXT-X-PART:"); at != std::string::npos; at = media.find("#EXT-X-PART:", at + 1)) {
            parts += fetch(site, quotedAfter(media, "URI=\"", at));
        }
        BOOST_TEST(whole == parts);
        save(folder / "whole.bin", whole);
        const auto file = readMediaFile((folder / "whole.bin").string());
        BOOST_REQUIRE(file.has_value());
        BOOST_TEST(file->errors == 0);
        BOOST_TEST(file->width == 320);
        BOOST_TEST(file->pictures.size() == 270U);
        const auto seen = flashes(*file), heard = beeps(*file);
        BOOST_TEST(seen.size() >= 8U);
        for (const double flash : seen) {
            const auto isNear = [flash](double beep) { return std::abs(beep - flash) < 0.012; };
            BOOST_TEST(std::any_of(heard.begin(), heard.end(), isNear));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_viewer_who_reloads_sees_each_part_as_it_is_made) {
    HlsSite site;
    const auto request = requestOf("fmp4");
    auto output = createHlsOutput(request, site);
    BOOST_REQUIRE(output.ok());
    FlashAndBeep content(request, **output);
    content.run(0, 3000);
    const std::string media = names(fetch(site, "index.m3u8")).at(0);
    std::uint64_t segment = 2, part = 2;
    for (int i = 0; i < 6; ++i) {
        std::promise<std::string> promise;
        auto future = promise.get_future();
        site.get({"mtg_1", "main", media, {{"_HLS_msn", std::to_string(segment)}, {"_HLS_part", std::to_string(part)}}},
                 [&](Result<HlsAnswer> answer) { promise.set_value(answer.ok() ? *answer.value().body : ""); });
        content.run(3000 + i * 400, 3400 + i * 400);
        const std::string text = future.get();
        BOOST_TEST(text.find("-" + std::to_string(segment) + "." + std::to_string(part) + ".m4s") != std::string::npos);
        if (++part == 6) part = 0, ++segment;
    }
    (*output)->stop();
}

BOOST_AUTO_TEST_CASE(wrong_requests_are_refused) {
    HlsSite site;
    auto request = requestOf("fmp4");
    request.video->codec = VideoCodec::Vp8;
    BOOST_TEST(!createHlsOutput(request, site).ok());
    request = requestOf("fmp4");
    request.video.reset();
    BOOST_TEST(!createHlsOutput(request, site).ok());
    request = requestOf("fmp4");
    const auto first = createHlsOutput(request, site);
    BOOST_REQUIRE(first.ok());
    const auto second = createHlsOutput(request, site);
    BOOST_REQUIRE(!second.ok());
    BOOST_TEST(toString(second.error().code) == "conflict");
}

namespace {

/// Makes thumbnails of what it is offered.
class Thumbnails final : public Output {
public:
    void offer(PacketPtr packet) override {
        auto jpeg = thumbnailer_.take(*packet);
        Lock lock(mutex_);
        if (jpeg) taken_.emplace_back(packet->pts, std::move(jpeg));
    }
    void stop() override {}
    OutputStats stats() const override { return {}; }
    std::vector<std::pair<MediaTime, HlsBytes>> taken() {
        Lock lock(mutex_);
        return taken_;
    }

private:
    HlsThumbnailer thumbnailer_{std::chrono::seconds(3), 160};
    Mutex mutex_;
    std::vector<std::pair<MediaTime, HlsBytes>> taken_ GUARDED_BY(mutex_);
};

}  // namespace

BOOST_AUTO_TEST_CASE(there_is_a_small_picture_of_a_keyframe_now_and_then) {
    const auto request = recordingTo("unused");  // a keyframe every two seconds
    Thumbnails thumbnails;
    {
        FlashAndBeep content(request, thumbnails);
        content.run(0, 9000);
    }
    const auto taken = thumbnails.taken();
    BOOST_REQUIRE(taken.size() == 3U);
    BOOST_TEST((taken[1].first - taken[0].first == std::chrono::seconds(4)));
    const TemporaryFolder folder;
    const auto path = (folder / "thumbnail.jpg").string();
    save(path, *taken[0].second);
    const auto file = readMediaFile(path);
    BOOST_REQUIRE(file.has_value());
    BOOST_TEST(file->width == 160);
    BOOST_TEST(file->height == 90);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
