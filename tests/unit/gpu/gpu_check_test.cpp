#include <boost/test/unit_test.hpp>
#include <fstream>

#include "gpu/gpu_engines.h"
#include "tests/gpu/compose_check.h"
#include "tests/gpu/decode_check.h"
#include "tests/support/fake_cuvid/painted_picture.h"
#include "tests/support/fake_cuvid/stream_header.h"
#include "tests/support/fake_gpu.h"
#include "tests/support/fake_nvdec.h"
#include "tests/support/temporary_folder.h"

namespace tessera {
namespace {

using namespace gpucheck;
using Bytes = std::vector<std::uint8_t>;

void append(Bytes& bytes, std::uint64_t value, int count) {
    for (int i = 0; i < count; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

/// An IVF file of frames that the stand-in understands.
std::string ivfOf(const std::string& fourCc, const std::vector<Bytes>& frames) {
    Bytes bytes{'D', 'K', 'I', 'F', 0, 0, 32, 0};
    bytes.insert(bytes.end(), fourCc.begin(), fourCc.end());
    bytes.resize(32);
    for (const auto& frame : frames) {
        append(bytes, frame.size(), 4);
        append(bytes, 0, 8);
        bytes.insert(bytes.end(), frame.begin(), frame.end());
    }
    return {bytes.begin(), bytes.end()};
}

/// What the stand-in paints, as ffmpeg would have written it down.
std::string framecrcOf(Size size, int count) {
    std::string text = "#software: test\n";
    for (int n = 0; n < count; ++n) {
        const auto number = static_cast<std::uint32_t>(n);
        const Size chroma = chromaSize(size);
        Bytes y, u, v;
        for (int row = 0; row < size.height; ++row) {
            for (int x = 0; x < size.width; ++x) y.push_back(fake::paintedLuma(number, x, row));
        }
        for (int row = 0; row < chroma.height; ++row) {
            for (int x = 0; x < chroma.width; ++x) {
                u.push_back(fake::paintedU(number, x));
                v.push_back(fake::paintedV(number, row));
            }
        }
        VideoFrame frame;
        frame.size = size;
        frame.planes = {Plane{y.data(), size.width}, Plane{u.data(), chroma.width}, Plane{v.data(), chroma.width}};
        char sum[16];
        std::snprintf(sum, sizeof sum, "0x%08x", checksum(frame));
        text += "0, " + std::to_string(n) + ", " + std::to_string(n) + ", 1, " + std::to_string(y.size()) + ", " + sum +
                "\n";
    }
    return text;
}

std::vector<Bytes> syntheticStream(Size size, int count) {
    std::vector<Bytes> units;
    for (int i = 0; i < count; ++i) {
        fake::StreamHeader header;
        header.width = size.width;
        header.height = size.height;
        header.codedWidth = (size.width + 15) / 16 * 16;
        header.codedHeight = (size.height + 15) / 16 * 16;
        header.isSequence = i == 0;
        units.push_back(fake::syntheticUnit(header));
    }
    return units;
}

std::shared_ptr<const GpuEngines> standIn() {
    GpuSettings settings;
    settings.libraryFolder = FakeNvdec::folder();
    return GpuEngines::open(settings);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gpu_check)

BOOST_AUTO_TEST_CASE(checksums_are_those_of_ffmpeg) {
    // printf 'abc' through Adler-32 begun at 0: a = 97+98+99, b = 97+195+294.
    const Bytes y{97, 98, 99, 0};
    VideoFrame frame;
    frame.size = {2, 2};
    const Bytes zero{0};
    frame.planes = {Plane{y.data(), 2}, Plane{zero.data(), 1}, Plane{zero.data(), 1}};
    const std::uint32_t a = 294, b = 97 + 195 + 294 + 294 + 294 + 294;
    BOOST_TEST(checksum(frame) == (b << 16U | a));
}

BOOST_AUTO_TEST_CASE(byte_streams_are_cut_at_their_delimiters) {
    const Bytes h264{0, 0, 0, 1, 9, 16, 0, 0, 1, 0x65, 1, 0, 0, 1, 9, 16, 0, 0, 1, 0x41, 2};
    const auto units = cutAnnexB(VideoCodec::H264, h264);
    BOOST_REQUIRE(units.size() == 2U);
    BOOST_TEST(units[0].size() == 11U);
    BOOST_TEST(units[1].size() == 10U);
    const Bytes hevc{0, 0, 1, 70, 1, 16, 0, 0, 1, 38, 1, 0, 0, 1, 70, 1};
    BOOST_TEST(cutAnnexB(VideoCodec::Hevc, hevc).size() == 2U);
    BOOST_TEST(cutAnnexB(VideoCodec::H264, {}).empty());
    VideoCodec codec{};
    BOOST_TEST(cutIvf({'D', 'K', 'I', 'F'}, codec).empty());
}

BOOST_AUTO_TEST_CASE(a_right_stream_passes_and_a_wrong_one_is_told) {
    FakeGpu gpu;
    FakeNvdec nvdec;
    const auto engines = standIn();
    const TemporaryFolder folder;
    const auto path = folder.write("vp9-640x360.ivf", ivfOf("VP90", syntheticStream({640, 360}, 8)));
    folder.write("vp9-640x360.framecrc", framecrcOf({640, 360}, 8));
    BOOST_REQUIRE(streamFilesOf(folder.path()).size() == 1U);
    auto stream = readStreamFile(path);
    BOOST_REQUIRE(stream.ok());
    BOOST_TEST((stream->codec == VideoCodec::Vp9));
    BOOST_TEST(stream->checksums.size() == 8U);
    const auto good = checkDecoding(*engines->pick()->nvdec, *stream);
    BOOST_TEST(good.isGood(8));
    BOOST_TEST(good.pictures == 8);
    stream->checksums[5] ^= 1U;
    const auto wrong = checkDecoding(*engines->pick()->nvdec, *stream);
    BOOST_TEST(!wrong.isGood(8));
    BOOST_TEST(wrong.wrong == 1);
    BOOST_TEST(wrong.text.find("picture 5") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(refusals_are_no_faults_and_damage_is_one) {
    FakeGpu gpu;
    FakeNvdec nvdec("min_width=1000");
    StreamFile stream{"small", VideoCodec::H264, syntheticStream({640, 360}, 4), {}};
    auto engines = standIn();
    BOOST_TEST(checkDecoding(*engines->pick()->nvdec, stream).isRefused);
    nvdec.reset("status@2=8");
    engines = standIn();
    const auto damaged = checkDecoding(*engines->pick()->nvdec, stream);
    BOOST_TEST(!damaged.isRefused);
    BOOST_TEST(!damaged.isGood(4));
}

BOOST_AUTO_TEST_CASE(rates_are_measured_with_several_decoders) {
    FakeGpu gpu;
    FakeNvdec nvdec;
    const StreamFile stream{"rate", VideoCodec::H264, syntheticStream({320, 180}, 4), {}};
    const auto engines = standIn();
    BOOST_TEST(decodeRate(*engines->pick()->nvdec, stream, 3, std::chrono::milliseconds(50)) > 0);
    BOOST_TEST(nvdec.violations() == 0);
    BOOST_TEST(nvdec.decoders() == 0);
}

BOOST_AUTO_TEST_CASE(composing_is_compared_and_measured) {
    FakeGpu gpu;
    auto queue = FakeGpu::openQueue(*gpu.openDevice());
    BOOST_REQUIRE(queue.ok());
    const auto wrong = checkComposing(*queue, 20);
    BOOST_TEST(!wrong, wrong.value_or(""));
    const auto rate = composeRate(*queue, {{160, 90}, 2, {320, 180}, std::chrono::milliseconds(1), 1});
    BOOST_REQUIRE(rate.ok());
    BOOST_TEST(rate->name == "4x160x90-320x180");
    BOOST_TEST(rate->wholeMs > 0);
    BOOST_TEST(rate->deviceMs == 0.25 / 16);  // the stand-in's time of 16 drawings
    BOOST_TEST(rate->bytes == 1.5 * (4 * 160 * 90 + 320 * 180));
    BOOST_TEST(*copyRate((*queue)->device()) > 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
