#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>
#include <unistd.h>

#include "mcu/base/check.h"

#include "pipelines/raster/image_file.h"

using namespace tessera;

/// Whatever lies in files.root, an image is read within its limits or refused, and what is read can be drawn.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static const std::string path = "/tmp/tessera-image-fuzz-" + std::to_string(::getpid());
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes), static_cast<std::streamsize>(size));
    if (const auto picture = readPicture(path); picture.ok()) {
        TESSERA_CHECK((*picture)->size.width <= kLargestImageSide && (*picture)->size.height <= kLargestImageSide);
        TESSERA_CHECK((*picture)->size.width >= 16 && (*picture)->size.height >= 16);
    }
    constexpr Size kBox{64, 36};
    if (const auto overlay = readOverlay(path, kBox); overlay.ok()) {
        const Size made = (*overlay)->size;
        TESSERA_CHECK(made.width >= 2 && made.width <= kBox.width && made.height >= 2 && made.height <= kBox.height);
        TESSERA_CHECK(made.width % 2 == 0 && made.height % 2 == 0);
        const auto area = static_cast<std::size_t>(made.width) * static_cast<std::size_t>(made.height);
        TESSERA_CHECK((*overlay)->alpha.size() == area && (*overlay)->chromaAlpha.size() == area / 4);
        for (std::size_t i = 0; i < area; ++i) TESSERA_CHECK((*overlay)->y[i] <= (*overlay)->alpha[i]);
    }
    return 0;
}
