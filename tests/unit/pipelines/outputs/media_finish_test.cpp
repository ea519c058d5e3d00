#include "pipelines/outputs/media_finish.h"

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "pipelines/outputs/recording_output.h"
#include "tests/support/flash_and_beep.h"
#include "tests/support/media_file.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

const std::atomic<bool> kGoOn{false};

std::string bytesOf(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Writes two seconds as a recording does.
std::string recorded(const TemporaryFolder& folder) {
    auto request = recordingTo(folder / "recording.mp4");
    request.minimumFree = 0;
    auto output = createRecordingOutput(request);
    BOOST_REQUIRE(output.ok());
    {
        FlashAndBeep content(request, **output);
        content.run(0, 2000);
    }
    (*output)->stop();
    return request.path;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(media_finish)

BOOST_AUTO_TEST_CASE(a_finished_file_begins_with_its_index_and_plays_the_same) {
    const TemporaryFolder folder;
    const auto path = recorded(folder);
    const auto before = readMediaFile(path);
    BOOST_REQUIRE(before.has_value());
    const Status finished = finishMedia(path, {}, kGoOn);
    BOOST_REQUIRE_MESSAGE(finished.ok(), (finished.ok() ? "" : finished.error().message));

    const auto bytes = bytesOf(path);
    BOOST_TEST(bytes.find("moof") == std::string::npos);
    BOOST_TEST(bytes.find("moov") < bytes.find("mdat"));
    const auto after = readMediaFile(path);
    BOOST_REQUIRE(after.has_value());
    BOOST_TEST(after->errors == 0);
    BOOST_REQUIRE(after->pictures.size() == before->pictures.size());
    for (std::size_t i = 0; i < after->pictures.size(); ++i) {
        BOOST_TEST(std::abs(after->pictures[i].time - before->pictures[i].time) < 0.0002);
        BOOST_TEST(after->pictures[i].luma == before->pictures[i].luma);
    }
    BOOST_TEST(std::abs(after->soundBegin - before->soundBegin) < 0.0002);
    BOOST_TEST(after->sound == before->sound, boost::test_tools::per_element());
    BOOST_TEST(!fs::exists(folder / ".part"));
    BOOST_TEST(finishMedia(path, {}, kGoOn).ok(), "a finished file can be finished again");
}

BOOST_AUTO_TEST_CASE(a_file_cut_off_in_mid_fragment_is_finished_up_to_there) {
    const TemporaryFolder folder;
    const auto path = recorded(folder);
    fs::resize_file(path, fs::file_size(path) * 2 / 3);
    BOOST_REQUIRE(finishMedia(path, {}, kGoOn).ok());
    const auto file = readMediaFile(path);
    BOOST_REQUIRE(file.has_value());
    BOOST_TEST(file->errors == 0);
    BOOST_TEST(file->pictures.size() > 20U);
    BOOST_TEST(file->pictures.size() < 60U);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_finished_stays_as_it_was) {
    const TemporaryFolder folder;
    const auto path = recorded(folder);
    const auto before = bytesOf(path);
    const std::atomic<bool> stopping{true};
    BOOST_TEST((finishMedia(path, {}, stopping).error().code == ErrorCode::Timeout));
    BOOST_TEST((bytesOf(path) == before));
    const auto rubbish = (folder / "rubbish.mp4").string();
    std::ofstream(rubbish) << std::string(5000, 'x');
    BOOST_TEST((finishMedia(rubbish, {}, kGoOn).error().code == ErrorCode::InvalidArgument));
    BOOST_TEST(bytesOf(rubbish) == std::string(5000, 'x'));
    BOOST_TEST((finishMedia((folder / "none.mp4").string(), {}, kGoOn).error().code == ErrorCode::NotFound));
    BOOST_TEST(std::distance(fs::directory_iterator(folder.path()), {}) == 3);
}

BOOST_AUTO_TEST_CASE(what_a_file_holds_is_told_before_and_after) {
    const TemporaryFolder folder;
    const auto path = recorded(folder);
    for (const bool isFinished : {false, true}) {
        if (isFinished) BOOST_REQUIRE(finishMedia(path, {}, kGoOn).ok());
        const auto facts = probeMedia(path);
        BOOST_REQUIRE(facts.ok());
        BOOST_TEST(facts->videoCodec == "h264");
        BOOST_TEST(facts->audioCodec == "aac");
        BOOST_TEST(facts->width == 320);
        BOOST_TEST(facts->height == 180);
        BOOST_TEST(std::abs(facts->durationMs - 2000) < 60);
    }
    BOOST_TEST((probeMedia((folder / "none.mp4").string()).error().code == ErrorCode::InvalidArgument));
}

BOOST_AUTO_TEST_CASE(the_poster_is_the_first_picture) {
    const TemporaryFolder folder;
    const auto poster = (folder / "poster.jpg").string();
    BOOST_REQUIRE(writePoster(recorded(folder), poster).ok());
    const auto image = readMediaFile(poster);
    BOOST_REQUIRE(image.has_value());
    BOOST_TEST(image->width == 320);
    BOOST_TEST(image->height == 180);
    BOOST_TEST(!writePoster((folder / "none.mp4").string(), poster).ok());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
