#include "pipelines/outputs/iso/iso_output.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "pipelines/outputs/iso/coded_format.h"
#include "tests/support/encoded_video.h"
#include "tests/support/media_file.h"
#include "tests/support/temporary_folder.h"

namespace tessera {
namespace {

constexpr Size kSize{320, 180};
constexpr Size kOther{640, 360};

CodedUnit unitOf(const Packet& packet, VideoCodec codec) {
    return {.codec = toString(codec),
            .keyframe = packet.keyframe,
            .pts = packet.pts,
            .dts = packet.pts,
            .bytes = packet.bytes};
}

CodedUnitPtr silence(MediaTime pts) {
    return std::make_shared<CodedUnit>(CodedUnit{.kind = MediaKind::Audio,
                                                 .codec = "opus",
                                                 .pts = pts,
                                                 .dts = pts,
                                                 .duration = std::chrono::milliseconds(20),
                                                 .bytes = {0xf8, 0xff, 0xfe}});
}

struct Fixture {
    Fixture() {
        auto created =
            createIsoOutput({.kind = "iso", .audio = AudioEncodeSpec{}, .path = folder.path(), .minimumFree = 0});
        BOOST_REQUIRE(created.ok());
        output = std::move(*created);
    }
    OutputSource source(const std::string& name) const {
        return {*SourceId::fromString("src_" + name), std::make_shared<SourceFeed>()};
    }
    void send(const OutputSource& to, const std::vector<PacketPtr>& packets, VideoCodec codec) const {
        for (const auto& packet : packets) to.feed->coded.offer(std::make_shared<CodedUnit>(unitOf(*packet, codec)));
    }
    std::optional<MediaFile> file(const std::string& name) const { return readMediaFile(folder.path() + "/" + name); }
    int files() const {
        int count = 0;
        for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
            if (entry.path().extension() == ".mkv") ++count;
        }
        return count;
    }

    TemporaryFolder folder;
    std::unique_ptr<Output> output;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(iso_output, Fixture)

BOOST_AUTO_TEST_CASE(sources_lie_on_one_timeline_each_in_files_of_its_own) {
    const auto ann = source("ann"), ben = source("ben");
    output->setSources({ann, ben});
    BOOST_TEST(ann.feed->coded.isWanted());
    send(ann, encodedGrey(VideoCodec::H264, kSize, 60, 30, 15), VideoCodec::H264);
    for (int i = 0; i < 50; ++i) ann.feed->coded.offer(silence(MediaTime(std::chrono::milliseconds(1000 + 20 * i))));
    send(ben, encodedGrey(VideoCodec::Vp8, kSize, 120, 60, 15), VideoCodec::Vp8);
    output->stop();
    BOOST_TEST(!ann.feed->coded.isWanted());
    const auto stats = output->stats();
    BOOST_TEST((stats.state == OutputState::Stopped), stats.lastError);
    BOOST_TEST((stats.beginsAt == MediaTime(std::chrono::seconds(1))));
    BOOST_TEST(stats.files == 3);
    const auto video = file("src_ann-1.mkv"), sound = file("src_ann-2.mkv"), other = file("src_ben-1.mkv");
    BOOST_REQUIRE((video && sound && other));
    BOOST_TEST(video->errors + sound->errors + other->errors == 0);
    BOOST_TEST(video->pictures.size() == 15U);
    BOOST_TEST(video->pictures.front().time == 0, boost::test_tools::tolerance(0.002));
    BOOST_TEST(sound->soundEnd() == 1, boost::test_tools::tolerance(0.01));
    BOOST_TEST(other->pictures.front().time == 1, boost::test_tools::tolerance(0.002));
}

BOOST_AUTO_TEST_CASE(new_parameter_sets_begin_another_file_and_a_size_of_vp8_does_not) {
    const auto ann = source("ann"), ben = source("ben");
    output->setSources({ann, ben});
    for (const auto& [to, codec] : {std::pair(ann, VideoCodec::H264), std::pair(ben, VideoCodec::Vp8)}) {
        send(to, encodedGrey(codec, kSize, 60, 0, 10), codec);
        send(to, encodedGrey(codec, kOther, 60, 10, 10), codec);
    }
    output->stop();
    BOOST_TEST(files() == 3);
    BOOST_TEST(file("src_ann-1.mkv")->width == kSize.width);
    BOOST_TEST(file("src_ann-2.mkv")->width == kOther.width);
    BOOST_TEST(file("src_ben-1.mkv")->pictures.size() == 20U);
}

BOOST_AUTO_TEST_CASE(after_a_loss_it_goes_on_at_a_keyframe_with_a_gap) {
    const auto ann = source("ann");
    output->setSources({ann});
    const auto packets = encodedGrey(VideoCodec::Vp8, kSize, 60, 0, 40);
    for (std::size_t i = 0; i < packets.size(); ++i) {
        CodedUnit unit = unitOf(*packets[i], VideoCodec::Vp8);
        unit.discontinuity = i == 20;
        if (i != 19) ann.feed->coded.offer(std::make_shared<CodedUnit>(unit));
    }
    output->stop();
    const auto read = file("src_ann-1.mkv");
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(read->errors == 0);
    BOOST_REQUIRE(read->pictures.size() > 20U);
    BOOST_TEST(read->pictures[19].isKeyframe);
    BOOST_TEST(read->pictures[19].time > read->pictures[18].time + 0.2);
    BOOST_TEST(output->stats().packetsDropped > 0U);
}

BOOST_AUTO_TEST_CASE(who_returns_has_another_file_and_pictures_of_two_pixels_are_left_out) {
    const auto first = source("ann");
    output->setSources({first});
    send(first, encodedGrey(VideoCodec::Vp8, kSize, 60, 0, 10), VideoCodec::Vp8);
    CodedUnit tiny = unitOf(*encodedGrey(VideoCodec::Vp8, kSize, 60, 10, 1).front(), VideoCodec::Vp8);
    tiny.bytes[6] = tiny.bytes[8] = 2;
    tiny.bytes[7] = tiny.bytes[9] = 0;
    first.feed->coded.offer(std::make_shared<CodedUnit>(tiny));
    output->setSources({});
    BOOST_TEST(!first.feed->coded.isWanted());
    const auto again = source("ann");
    output->setSources({again});
    send(again, encodedGrey(VideoCodec::Vp8, kSize, 60, 60, 10), VideoCodec::Vp8);
    output->stop();
    BOOST_TEST(file("src_ann-1.mkv")->pictures.size() == 10U);
    BOOST_TEST(file("src_ann-2.mkv")->pictures.front().time == 2, boost::test_tools::tolerance(0.002));
}

BOOST_AUTO_TEST_CASE(a_codec_that_no_file_holds_disturbs_nobody) {
    const auto ann = source("ann");
    output->setSources({ann});
    for (int i = 0; i < 20; ++i) {
        auto unit = std::make_shared<CodedUnit>(*silence(MediaTime(std::chrono::milliseconds(20 * i))));
        unit->codec = "g723_1";
        ann.feed->coded.offer(unit);
    }
    send(ann, encodedGrey(VideoCodec::Vp8, kSize, 60, 0, 10), VideoCodec::Vp8);
    output->stop();
    BOOST_TEST(files() == 1);
    BOOST_TEST(output->stats().lastError.find("g723_1") != std::string::npos);
    BOOST_TEST((output->stats().state == OutputState::Stopped));
}

BOOST_AUTO_TEST_CASE(while_it_is_paused_nothing_is_kept) {
    const auto ann = source("ann");
    int asked = 0;
    output->setKeyframeRequest([&asked] { ++asked; });
    output->setSources({ann});
    send(ann, encodedGrey(VideoCodec::Vp8, kSize, 60, 0, 10), VideoCodec::Vp8);
    BOOST_TEST(output->setPaused(true).ok());
    BOOST_TEST((output->stats().state == OutputState::Paused));
    send(ann, encodedGrey(VideoCodec::Vp8, kSize, 60, 10, 10), VideoCodec::Vp8);
    BOOST_TEST(output->setPaused(false).ok());
    BOOST_TEST(asked == 1);
    send(ann, encodedGrey(VideoCodec::Vp8, kSize, 60, 60, 10), VideoCodec::Vp8);
    output->stop();
    BOOST_TEST(file("src_ann-1.mkv")->pictures.size() == 20U);
    BOOST_TEST(file("src_ann-1.mkv")->errors == 0);
}

BOOST_AUTO_TEST_CASE(a_disk_without_room_is_refused) {
    const auto refused = createIsoOutput({.kind = "iso", .path = folder.path(), .minimumFree = UINT64_MAX});
    BOOST_REQUIRE(!refused.ok());
    BOOST_TEST((refused.error().code == ErrorCode::Capacity));
    BOOST_TEST((createIsoOutput({.kind = "iso", .path = folder.path() + "/none", .minimumFree = 0}).error().code ==
                ErrorCode::NotFound));
}

BOOST_AUTO_TEST_CASE(adts_becomes_a_plain_access_unit_with_its_configuration) {
    // AAC-LC, 48 kHz, stereo, ten bytes in all.
    const std::vector<std::uint8_t> bytes{0xff, 0xf1, 0x4c, 0x80, 0x01, 0x5f, 0xfc, 1, 2, 3};
    const auto frame = parseAdts(bytes);
    BOOST_REQUIRE(frame.has_value());
    BOOST_TEST(frame->payload.size() == 3U);
    BOOST_TEST(frame->configuration == (std::vector<std::uint8_t>{0x11, 0x90}), boost::test_tools::per_element());
    BOOST_TEST(!parseAdts({bytes.data(), 9}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
