#include "pipelines/gst/pipeline.h"

#include <boost/test/unit_test.hpp>
#include <gst/video/video.h>

#include "mcu/base/sync.h"

#include "pipelines/gst/frame_bridge.h"

namespace tessera {
namespace {

/// Samples that a pipeline has put out, and a way to wait for them.
struct Gallery {
    Mutex mutex;
    CondVar arrived;
    std::vector<GstSamplePtr> samples;
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
        Lock lock(gallery->mutex);
        gallery->samples.push_back(std::move(sample));
        gallery->arrived.notifyAll();
    });
    BOOST_REQUIRE(pipeline.start().ok());
    BOOST_TEST(Pipeline::push(*source, bufferFromFrame(picture)));
    {
        Lock lock(gallery->mutex);
        BOOST_REQUIRE(gallery->arrived.waitFor(gallery->mutex, std::chrono::seconds(20),
                                               [&] { return !gallery->samples.empty(); }));
        GstSample* sample = gallery->samples.front().get();
        GstVideoInfo info;
        BOOST_REQUIRE(gst_video_info_from_caps(&info, gst_sample_get_caps(sample)));
        BOOST_TEST((Size{info.width, info.height} == picture->size));
        BOOST_TEST(info.colorimetry.matrix == GST_VIDEO_COLOR_MATRIX_BT709);
        BOOST_TEST(info.colorimetry.range == GST_VIDEO_COLOR_RANGE_16_235);
        GstBuffer* buffer = gst_sample_get_buffer(sample);
        BOOST_TEST(GST_BUFFER_PTS(buffer) == static_cast<GstClockTime>(picture->pts.time_since_epoch().count()));
        GstVideoFrame mapped;
        BOOST_REQUIRE(gst_video_frame_map(&mapped, &info, buffer, GST_MAP_READ));
        for (std::size_t i = 0; i < 3; ++i) {
            BOOST_TEST(mapped.data[i] == static_cast<const void*>(picture->planes[i].data));
        }
        gst_video_frame_unmap(&mapped);
        gallery->samples.clear();
    }
    BOOST_TEST(pipeline.stop());
    BOOST_TEST(pipeline.stop());
    BOOST_TEST(picture.use_count() == 1);
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
