#include "pipelines/raster/image_encoder.h"

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <fstream>

#include "mcu/media/frame_pool.h"

#include "pipelines/raster/image_file.h"
#include "tests/support/temporary_folder.h"

namespace tessera {
namespace {

/// Red of BT.709, limited range: what a matrix or range taken for another makes visibly wrong.
constexpr std::array<std::uint8_t, 3> kRed{63, 102, 240};

FramePtr redPicture(Size size) {
    WritableFrame frame = FramePool(size).take();
    for (std::size_t plane = 0; plane < 3; ++plane) {
        const int rows = plane == 0 ? size.height : chromaSize(size).height;
        std::memset(frame.data[plane], kRed[plane], static_cast<std::size_t>(frame.frame->planes[plane].stride * rows));
    }
    frame.frame->matrix = ColorMatrix::Bt709;
    frame.frame->range = ColorRange::Limited;
    return std::move(frame).publish();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(image_encoder)

BOOST_AUTO_TEST_CASE(an_image_file_has_the_size_and_the_colours_of_the_picture) {
    const TemporaryFolder folder;
    for (const auto& [format, name] :
         {std::pair{ImageFormat::Png, "red.png"}, std::pair{ImageFormat::Jpeg, "red.jpg"}}) {
        BOOST_TEST_CONTEXT(name) {
            const auto bytes = encodeImage(*redPicture({322, 182}), format);
            BOOST_REQUIRE(bytes.ok());
            const auto path = folder.path() + "/" + name;
            std::ofstream(path, std::ios::binary)
                .write(reinterpret_cast<const char*>(bytes->data()), static_cast<std::streamsize>(bytes->size()));
            const auto read = readPicture(path);
            BOOST_REQUIRE(read.ok());
            BOOST_TEST(((*read)->size == Size{322, 182}));
            const bool isFull = (*read)->range == ColorRange::Full;
            const int luma = (*read)->planes[0].data[0];
            const double brightness = isFull ? luma : (luma - 16) * 255.0 / 219;
            const double expected = (*read)->matrix == ColorMatrix::Bt601 ? 0.299 * 255 : 0.2126 * 255;
            BOOST_TEST(std::abs(brightness - expected) < 4, brightness << " instead of " << expected);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
