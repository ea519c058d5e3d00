#include <cstddef>
#include <cstdint>

#include "mcu/base/check.h"

#include "pipelines/raster/display_name.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string name = tessera::toDisplayName({reinterpret_cast<const char*>(bytes), size});
    TESSERA_CHECK(name.size() <= 6 * 256 && tessera::toDisplayName(name) == name);
    TESSERA_CHECK(tessera::toInitials(name).size() <= 2 * name.size() + 8);
    return 0;
}
