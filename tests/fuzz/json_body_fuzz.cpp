#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mcu/base/check.h"
#include "mcu/scene/layout_catalog.h"

#include "api/http_message.h"
#include "api/json_render.h"
#include "api/json_scene.h"
#include "api/timestamp.h"

using namespace tessera;

/// A body that is taken is written back as one that is taken, and every scene that is read is one that can be drawn.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    std::string decoded;
    if (percentDecode(text, decoded)) TESSERA_CHECK(decoded.size() <= size && decoded.find('\0') == std::string::npos);
    if (const auto time = parseTimestamp(text)) TESSERA_CHECK(parseTimestamp(toTimestamp(*time)) == time);
    const auto body = parseJsonObject(text);
    if (!body.ok()) return 0;
    TESSERA_CHECK(parseJsonObject(toText(*body)).ok());
    if (const auto render = readRenderOptions(*body); render.ok()) {
        TESSERA_CHECK(render->from >= Duration{} && render->variant.exclude.size() <= 200);
        const auto& variant = render->variant;
        TESSERA_CHECK(!variant.canvas || (variant.canvas->width >= 160 && variant.canvas->height >= 90));
        TESSERA_CHECK(!variant.layout || findLayout(*variant.layout).ok());
    }
    ObjectReader reader(*body);
    Scene scene;
    Size canvas{1280, 720};
    FrameRate rate{30, 1};
    readScene(reader, scene);
    readCanvas(reader, "canvas", canvas, rate);
    if (!reader.finish().ok()) return 0;
    TESSERA_CHECK(canvas.width >= 160 && canvas.height >= 90 && rate.toDouble() >= 0.9 && rate.toDouble() <= 60);
    const auto layout = findLayout(scene.layout);
    TESSERA_CHECK(layout.ok() && validateLayoutParams(**layout, scene.params).ok());
    const auto again = parseJsonObject(toText(toJson(scene)));
    TESSERA_CHECK(again.ok());
    return 0;
}
