#include <boost/test/unit_test.hpp>
#include <dlfcn.h>
#include <string>
#include <vector>

#include "gpu/cuda_picture.h"
#include "gpu/nvdec.h"
#include "tests/support/fake_cuvid/painted_picture.h"
#include "tests/support/fake_cuvid/stream_header.h"

namespace tessera {
namespace {

const std::string kFolder = std::string(TESSERA_BINARY_DIR) + "/fake_cuda/";

/// A function of a stand-in library, which its tests alone call.
template <typename Function>
Function* inLibrary(const char* library, const char* name) {
    void* opened = dlopen((kFolder + library).c_str(), RTLD_LAZY);
    BOOST_REQUIRE(opened != nullptr);
    auto* found = reinterpret_cast<Function*>(dlsym(opened, name));
    BOOST_REQUIRE(found != nullptr);
    return found;
}
void planCuda(const char* plan) {
    inLibrary<void(const char*)>("libcuda.so.1", "fakeCudaReset")(plan);
}
void planCuvid(const char* plan) {
    inLibrary<void(const char*)>("libnvcuvid.so.1", "fakeCuvidReset")(plan);
}
int violations() {
    return inLibrary<int()>("libnvcuvid.so.1", "fakeCuvidViolations")();
}
int hardwareDecoders() {
    return inLibrary<int()>("libnvcuvid.so.1", "fakeCuvidDecoders")();
}
long cuvidCalls(const char* call) {
    return inLibrary<long(const char*)>("libnvcuvid.so.1", "fakeCuvidCalls")(call);
}
CUVIDDECODECREATEINFO lastCreated() {
    return inLibrary<CUVIDDECODECREATEINFO()>("libnvcuvid.so.1", "fakeCuvidLastCreated")();
}

class Gallery final : public FrameSink {
public:
    void offer(FramePtr frame) override { frames.push_back(std::move(frame)); }
    std::vector<FramePtr> frames;
};

struct Bench {
    explicit Bench(const char* cuvidPlan = "", NvdecLimits limits = {}, const char* cudaPlan = "") {
        planCuda(cudaPlan);
        planCuvid(cuvidPlan);
        auto driver = CudaDriver::load(kFolder + "libcuda.so.1");
        BOOST_REQUIRE(driver.ok());
        auto opened = CudaDevice::open(*driver, 0, CudaLimits());
        BOOST_REQUIRE_MESSAGE(opened.ok(), (opened.ok() ? "" : opened.error().message));
        device = *opened;
        auto engines = Nvdec::open(device, limits, kFolder + "libnvcuvid.so.1");
        BOOST_REQUIRE_MESSAGE(engines.ok(), (engines.ok() ? "" : engines.error().message));
        nvdec = *engines;
    }

    void begin(VideoCodec codec = VideoCodec::H264) {
        auto made = nvdec->createDecoder(codec, gallery);
        BOOST_REQUIRE_MESSAGE(made.ok(), (made.ok() ? "" : made.error().message));
        decoder = *std::move(made);
    }

    static fake::StreamHeader sequence(int width, int height, int surfaces = 4) {
        fake::StreamHeader header;
        header.width = width;
        header.height = height;
        header.codedWidth = (width + 15) / 16 * 16;
        header.codedHeight = (height + 15) / 16 * 16;
        header.surfaces = surfaces;
        header.isSequence = true;
        return header;
    }

    DecodeOutcome decode(const fake::StreamHeader& header, bool discontinuity = false) {
        const auto bytes = fake::syntheticUnit(header);
        return decoder->decode({bytes, pts(next++), header.isSequence, discontinuity});
    }
    static MediaTime pts(std::int64_t n) { return MediaTime(FrameRate{30, 1}.tickTime(n)); }

    std::shared_ptr<CudaDevice> device;
    std::shared_ptr<Nvdec> nvdec;
    Gallery gallery;
    std::unique_ptr<VideoDecoder> decoder;
    std::int64_t next = 0;
};

/// The samples are those of picture `number`: copied whole, at the right place, and before the surface was given back.
void checkPicture(const FramePtr& frame, std::uint32_t number, Size size) {
    BOOST_REQUIRE((frame->size == size));
    BOOST_TEST((frame->memory == MemoryKind::Cuda));
    BOOST_TEST((frame->format == PixelFormat::Nv12));
    auto host = hostFrame(frame);
    BOOST_REQUIRE(host.ok());
    const auto& planes = (*host)->planes;
    int wrong = 0;
    for (int y = 0; y < size.height; ++y) {
        for (int x = 0; x < size.width; ++x) {
            wrong += planes[0].data[y * planes[0].stride + x] != fake::paintedLuma(number, x, y);
        }
    }
    const Size chroma = chromaSize(size);
    for (int y = 0; y < chroma.height; ++y) {
        for (int x = 0; x < chroma.width; ++x) {
            wrong += planes[1].data[y * planes[1].stride + x] != fake::paintedU(number, x);
            wrong += planes[2].data[y * planes[2].stride + x] != fake::paintedV(number, y);
        }
    }
    BOOST_TEST(wrong == 0);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(nvdec_decoder)

BOOST_AUTO_TEST_CASE(each_codec_gives_its_pictures_in_order_at_once_and_whole) {
    for (const auto codec : {VideoCodec::H264, VideoCodec::Vp8, VideoCodec::Hevc, VideoCodec::Vp9, VideoCodec::Av1}) {
        BOOST_TEST_CONTEXT(toString(codec)) {
            Bench bench;
            bench.begin(codec);
            auto header = Bench::sequence(640, 360);
            for (std::uint32_t i = 0; i < 6; ++i) {
                BOOST_TEST((bench.decode(header) == DecodeOutcome::Accepted));
                header.isSequence = false;
                BOOST_REQUIRE(bench.gallery.frames.size() == i + 1);
                BOOST_TEST((bench.gallery.frames[i]->pts == Bench::pts(i)));
            }
            for (std::uint32_t i = 0; i < 6; ++i) checkPicture(bench.gallery.frames[i], i, {640, 360});
            BOOST_TEST(bench.nvdec->counters().pictures.value() == 6U);
            bench.decoder.reset();
            BOOST_TEST(hardwareDecoders() == 0);
            BOOST_TEST(bench.nvdec->decodersInUse() == 0);
            BOOST_TEST(violations() == 0);
        }
    }
}

BOOST_AUTO_TEST_CASE(odd_pictures_are_not_scaled) {
    Bench bench;
    bench.begin();
    BOOST_TEST((bench.decode(Bench::sequence(853, 479)) == DecodeOutcome::Accepted));
    BOOST_REQUIRE(bench.gallery.frames.size() == 1U);
    checkPicture(bench.gallery.frames[0], 0, {853, 479});
    const auto created = lastCreated();
    BOOST_TEST(created.ulTargetWidth == 854U);
    BOOST_TEST(created.display_area.right == 854);
    BOOST_TEST(created.display_area.bottom == 480);
}

BOOST_AUTO_TEST_CASE(surfaces_are_what_the_stream_needs_and_a_margin) {
    Bench bench;
    bench.begin();
    bench.decode(Bench::sequence(640, 360, 5));
    BOOST_TEST(lastCreated().ulNumDecodeSurfaces == 7U);
    bench.decode(Bench::sequence(640, 360, 4));
    BOOST_TEST(cuvidCalls("cuvidCreateDecoder") == 1);
    bench.decode(Bench::sequence(640, 360, 17));  // more reference pictures at the same size
    BOOST_TEST(cuvidCalls("cuvidCreateDecoder") == 2);
    BOOST_TEST(lastCreated().ulNumDecodeSurfaces == 19U);
    bench.decode(Bench::sequence(640, 360, 32));
    BOOST_TEST(lastCreated().ulNumDecodeSurfaces == 32U);
    BOOST_TEST(hardwareDecoders() == 1);
    BOOST_TEST(violations() == 0);
}

BOOST_AUTO_TEST_CASE(a_stream_may_change_its_size_and_old_pictures_stay) {
    Bench bench;
    bench.begin();
    for (const Size size : {Size{640, 360}, Size{320, 180}, Size{1280, 720}}) {
        BOOST_TEST((bench.decode(Bench::sequence(size.width, size.height)) == DecodeOutcome::Accepted));
        BOOST_TEST(hardwareDecoders() == 1);
    }
    BOOST_REQUIRE(bench.gallery.frames.size() == 3U);
    checkPicture(bench.gallery.frames[0], 0, {640, 360});
    checkPicture(bench.gallery.frames[1], 1, {320, 180});
    checkPicture(bench.gallery.frames[2], 2, {1280, 720});
    BOOST_TEST(violations() == 0);
}

BOOST_AUTO_TEST_CASE(reordered_pictures_come_in_display_order_and_the_last_with_the_drain) {
    Bench bench;
    bench.begin();
    bench.decode(Bench::sequence(640, 360));
    auto header = Bench::sequence(640, 360);
    header.isSequence = false;
    header.isHeld = true;
    bench.decode(header);
    BOOST_TEST(bench.gallery.frames.size() == 1U);
    header.isHeld = false;
    bench.decode(header);
    BOOST_REQUIRE(bench.gallery.frames.size() == 3U);
    BOOST_TEST((bench.gallery.frames[1]->pts == Bench::pts(2)));
    BOOST_TEST((bench.gallery.frames[2]->pts == Bench::pts(1)));
    header.isHeld = true;
    bench.decode(header);
    BOOST_TEST(bench.gallery.frames.size() == 3U);
    bench.decoder->drain();
    BOOST_TEST(bench.gallery.frames.size() == 4U);
}

BOOST_AUTO_TEST_CASE(what_a_device_does_not_take_is_refused_for_another_decoder) {
    struct Case {
        const char* what;
        VideoCodec codec;
        fake::StreamHeader header;
    };
    auto tenBits = Bench::sequence(640, 360);
    tenBits.bitDepth = 10;
    auto fullChroma = Bench::sequence(640, 360);
    fullChroma.chroma = cudaVideoChromaFormat_444;
    const Case cases[] = {{"small HEVC", VideoCodec::Hevc, Bench::sequence(160, 90)},
                          {"small VP9", VideoCodec::Vp9, Bench::sequence(112, 64)},
                          {"huge", VideoCodec::H264, Bench::sequence(8192, 64)},
                          {"10 bits", VideoCodec::H264, tenBits},
                          {"4:4:4", VideoCodec::H264, fullChroma}};
    for (const auto& each : cases) {
        BOOST_TEST_CONTEXT(each.what) {
            Bench bench;
            bench.begin(each.codec);
            BOOST_TEST((bench.decode(each.header) == DecodeOutcome::Unfit));
            BOOST_TEST(bench.gallery.frames.empty());
            BOOST_TEST(cuvidCalls("cuvidCreateDecoder") == 0);
            BOOST_TEST(bench.nvdec->counters().refusals.value() == 1U);
        }
    }
    Bench bench("without=11");  // AV1, as on an H100
    Gallery gallery;
    BOOST_TEST((bench.nvdec->createDecoder(VideoCodec::Av1, gallery).error().code == ErrorCode::Unsupported));
}

BOOST_AUTO_TEST_CASE(a_stream_that_becomes_too_small_is_refused_then) {
    Bench bench("min_width=256");
    bench.begin();
    BOOST_TEST((bench.decode(Bench::sequence(640, 360)) == DecodeOutcome::Accepted));
    BOOST_TEST((bench.decode(Bench::sequence(160, 90)) == DecodeOutcome::Unfit));
    BOOST_TEST(hardwareDecoders() == 0);
}

BOOST_AUTO_TEST_CASE(lack_of_memory_is_a_refusal_and_not_an_outage) {
    {
        Bench bench("cuvidCreateDecoder=2");
        bench.begin();
        BOOST_TEST((bench.decode(Bench::sequence(640, 360)) == DecodeOutcome::Unfit));
        BOOST_TEST(!bench.device->isLost());
    }
    {
        Bench bench("", {}, "memory_mb=530");  // 512 of them are the reserve
        bench.begin();
        BOOST_TEST((bench.decode(Bench::sequence(3840, 2160, 16)) == DecodeOutcome::Unfit));
        BOOST_TEST(cuvidCalls("cuvidCreateDecoder") == 0);
        BOOST_TEST((bench.decode(Bench::sequence(320, 180)) == DecodeOutcome::Accepted));
    }
}

BOOST_AUTO_TEST_CASE(the_number_of_decoders_is_limited) {
    NvdecLimits limits;
    limits.decoders = 1;
    Bench bench("", limits);
    bench.begin();
    Gallery gallery;
    BOOST_TEST((bench.nvdec->createDecoder(VideoCodec::H264, gallery).error().code == ErrorCode::Capacity));
    bench.decoder.reset();
    BOOST_TEST(bench.nvdec->createDecoder(VideoCodec::H264, gallery).ok());
}

BOOST_AUTO_TEST_CASE(a_damaged_picture_is_left_out_and_reported) {
    for (const char* plan : {"status@2=8", "status@2=9"}) {
        Bench bench(plan);
        bench.begin();
        auto header = Bench::sequence(640, 360);
        BOOST_TEST((bench.decode(header) == DecodeOutcome::Accepted));
        header.isSequence = false;
        BOOST_TEST((bench.decode(header) == DecodeOutcome::Damaged));
        BOOST_TEST((bench.decode(header) == DecodeOutcome::Accepted));
        BOOST_TEST(bench.gallery.frames.size() == 2U);
        BOOST_TEST(violations() == 0);
    }
}

BOOST_AUTO_TEST_CASE(a_passing_error_costs_one_picture) {
    for (const char* plan : {"cuvidMapVideoFrame@2=205", "cuvidDecodePicture@2=1", "cuvidParseVideoData@2=1"}) {
        BOOST_TEST_CONTEXT(plan) {
            Bench bench(plan);
            bench.begin();
            auto header = Bench::sequence(640, 360);
            BOOST_TEST((bench.decode(header) == DecodeOutcome::Accepted));
            header.isSequence = false;
            BOOST_TEST((bench.decode(header) == DecodeOutcome::Damaged));
            BOOST_TEST((bench.decode(header) == DecodeOutcome::Accepted));
            BOOST_TEST(!bench.device->isLost());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_decoder_whose_pictures_cannot_be_fetched_gives_up) {
    Bench bench("cuvidMapVideoFrame=205");
    bench.begin();
    auto header = Bench::sequence(640, 360);
    BOOST_TEST((bench.decode(header) == DecodeOutcome::Damaged));
    header.isSequence = false;
    BOOST_TEST((bench.decode(header) == DecodeOutcome::Damaged));
    BOOST_TEST((bench.decode(header) == DecodeOutcome::Failed));
}

BOOST_AUTO_TEST_CASE(a_sticky_error_is_the_loss_of_the_device_for_all_decoders) {
    for (const char* plan : {"cuvidMapVideoFrame@2=700", "cuvidDecodePicture@2=719"}) {
        BOOST_TEST_CONTEXT(plan) {
            Bench bench(plan);
            bench.begin();
            Gallery gallery;
            auto other = bench.nvdec->createDecoder(VideoCodec::H264, gallery);
            BOOST_REQUIRE(other.ok());
            auto header = Bench::sequence(640, 360);
            bench.decode(header);
            header.isSequence = false;
            BOOST_TEST((bench.decode(header) == DecodeOutcome::Failed));
            BOOST_TEST(bench.device->isLost());
            const auto bytes = fake::syntheticUnit(header);
            BOOST_TEST(((*other)->decode({bytes, Bench::pts(0), true, false}) == DecodeOutcome::Failed));
            BOOST_TEST((bench.nvdec->createDecoder(VideoCodec::H264, gallery).error().code == ErrorCode::Device));
            BOOST_TEST(bench.device->context().lossReason().find("cuvid") != std::string::npos);
        }
    }
    // Nothing was freed on the lost devices; their decoders go with the process.
    BOOST_TEST(hardwareDecoders() == 2);
}

BOOST_AUTO_TEST_CASE(an_error_of_the_copy_is_reported_and_the_surface_given_back) {
    Bench bench("", {}, "cuMemcpy2DAsync@2=1");
    bench.begin();
    auto header = Bench::sequence(640, 360);
    BOOST_TEST((bench.decode(header) == DecodeOutcome::Damaged));
    header.isSequence = false;
    BOOST_TEST((bench.decode(header) == DecodeOutcome::Accepted));
    BOOST_TEST(cuvidCalls("cuvidMapVideoFrame") == cuvidCalls("cuvidUnmapVideoFrame"));
    BOOST_TEST(violations() == 0);
}

BOOST_AUTO_TEST_CASE(a_stuck_consumer_loses_pictures_and_no_memory_is_taken_for_them) {
    NvdecLimits limits;
    limits.pictures = 4;
    Bench bench("", limits);
    bench.begin();
    auto header = Bench::sequence(640, 360);
    for (int i = 0; i < 10; ++i) {
        BOOST_TEST((bench.decode(header) == DecodeOutcome::Accepted));
        header.isSequence = false;
    }
    BOOST_TEST(bench.gallery.frames.size() == 4U);
    BOOST_TEST(bench.nvdec->counters().picturesDropped.value() == 6U);
    const auto held = bench.device->memory().bytesHeld();
    bench.gallery.frames.clear();
    BOOST_TEST((bench.decode(header) == DecodeOutcome::Accepted));
    BOOST_REQUIRE(bench.gallery.frames.size() == 1U);
    checkPicture(bench.gallery.frames[0], 10, {640, 360});
    BOOST_TEST(bench.device->memory().bytesHeld() == held);
}

BOOST_AUTO_TEST_CASE(the_parser_is_told_of_gaps) {
    Bench bench;
    bench.begin();
    auto header = Bench::sequence(640, 360);
    bench.decode(header);
    bench.decode(header, true);
    BOOST_TEST(cuvidCalls("discontinuity") == 1);
}

BOOST_AUTO_TEST_CASE(pictures_outlive_their_decoder) {
    Bench bench;
    bench.begin();
    bench.decode(Bench::sequence(640, 360));
    bench.decoder.reset();
    checkPicture(bench.gallery.frames.at(0), 0, {640, 360});
}

BOOST_AUTO_TEST_CASE(a_machine_without_the_library_says_so) {
    Bench bench;
    const auto missing = Nvdec::open(bench.device, {}, "/nowhere/libnvcuvid.so.1");
    BOOST_REQUIRE(!missing.ok());
    BOOST_TEST(missing.error().message.find("libnvcuvid.so.1") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
