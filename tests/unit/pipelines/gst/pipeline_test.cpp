#include "pipelines/gst/pipeline.h"

#include <boost/test/unit_test.hpp>

#include "mcu/base/sync.h"

#include "pipelines/gst/frame_bridge.h"

namespace tessera {
namespace {

/// Pictures that a pipeline has put out, and a way to wait for them.
struct Gallery {
    Mutex mutex;
    CondVar arrived;
    std::vector<FramePtr> frames;
    bool ended = false;
};

FramePtr testPicture(int width, int height) {
    auto memory = std::make_shared<std::vector<std::uint8_t>>(static_cast<std::size_t>(width * height * 2), 77);
    auto frame = std::make_shared<VideoFrame>();
    frame->size = {width, height};
    const auto lumaBytes = width * height;
    const auto chroma = chromaSize(frame->size);
    frame->planes = {Plane{memory->data(), width}, Plane{memory->data() + lumaBytes, chroma.width},
                     Plane{memory->data() + lumaBytes + chroma.width * chroma.height, chroma.width}};
    frame->pts = MediaTime(std::chrono::milliseconds(40));
    frame->owner = memory;
    return frame;
}

BOOST_AUTO_TEST_SUITE(pipeline)

BOOST_AUTO_TEST_CASE(a_picture_goes_through_a_pipeline_and_comes_back_without_a_copy) {
    auto gallery = std::make_shared<Gallery>();
    Pipeline pipeline("bridge");
    auto source = pipeline.add("appsrc", {{"format", "time"}, {"is-live", "true"}});
    auto sink = pipeline.add("appsink", {{"sync", "false"}, {"async", "false"}, {"enable-last-sample", "false"}});
    BOOST_REQUIRE(source.ok() && sink.ok());
    const auto picture = testPicture(64, 36);
    const auto caps = capsForFrames(*picture, FrameRate{25, 1});
    g_object_set(*source, "caps", caps.get(), nullptr);
    BOOST_REQUIRE(pipeline.link({*source, *sink}).ok());
    pipeline.onSample(*sink, [gallery](GstSamplePtr sample) {
        const auto pts = MediaTime(Duration(GST_BUFFER_PTS(gst_sample_get_buffer(sample.get()))));
        Lock lock(gallery->mutex);
        gallery->frames.push_back(frameFromSample(sample.get(), pts));
        gallery->arrived.notifyAll();
    });
    BOOST_REQUIRE(pipeline.start().ok());
    BOOST_TEST(Pipeline::push(*source, bufferFromFrame(picture)));
    {
        Lock lock(gallery->mutex);
        BOOST_REQUIRE(gallery->arrived.waitFor(gallery->mutex, std::chrono::seconds(20),
                                               [&] { return !gallery->frames.empty(); }));
        const auto& frame = gallery->frames.front();
        BOOST_REQUIRE(frame != nullptr);
        BOOST_TEST((frame->size == picture->size));
        BOOST_TEST((frame->pts == picture->pts));
        BOOST_TEST((frame->matrix == ColorMatrix::Bt709));
        BOOST_TEST((frame->range == ColorRange::Limited));
        for (std::size_t i = 0; i < 3; ++i) {
            BOOST_TEST(static_cast<const void*>(frame->planes[i].data) ==
                       static_cast<const void*>(picture->planes[i].data));
        }
        gallery->frames.clear();
    }
    BOOST_TEST(pipeline.stop());
    BOOST_TEST(pipeline.stop());
    BOOST_TEST(picture.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(a_degenerate_last_picture_is_ignored) {
    const auto picture = testPicture(8, 8);
    const auto caps = capsForFrames(*picture, FrameRate{25, 1});
    const auto buffer = bufferFromFrame(picture);
    GstSamplePtr sample(gst_sample_new(buffer.get(), caps.get(), nullptr, nullptr));
    BOOST_TEST((frameFromSample(sample.get(), MediaTime{}) == nullptr));
}

BOOST_AUTO_TEST_CASE(an_error_of_an_element_is_heard) {
    auto gallery = std::make_shared<Gallery>();
    Pipeline pipeline("broken");
    auto source = pipeline.add("filesrc", {{"location", "/nowhere/at/all"}});
    auto sink = pipeline.add("fakesink");
    BOOST_REQUIRE(source.ok() && sink.ok());
    BOOST_REQUIRE(pipeline.link({*source, *sink}).ok());
    pipeline.onError([gallery](const std::string&) {
        Lock lock(gallery->mutex);
        gallery->ended = true;
        gallery->arrived.notifyAll();
    });
    static_cast<void>(pipeline.start());
    Lock lock(gallery->mutex);
    BOOST_TEST(gallery->arrived.waitFor(gallery->mutex, std::chrono::seconds(20), [&] { return gallery->ended; }));
}

BOOST_AUTO_TEST_CASE(an_unknown_element_or_property_is_unsupported) {
    Pipeline pipeline("unknown");
    BOOST_TEST((pipeline.add("nosuchelement").error().code == ErrorCode::Unsupported));
    BOOST_TEST((pipeline.add("fakesink", {{"nosuchproperty", "1"}}).error().code == ErrorCode::Unsupported));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace tessera
