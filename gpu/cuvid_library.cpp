#include "gpu/cuvid_library.h"

namespace tessera {

Result<std::shared_ptr<const CuvidLibrary>> CuvidLibrary::load(const std::string& path) {
    LibraryLoad load{path, false, {}};
    std::shared_ptr<CuvidLibrary> library(new CuvidLibrary);
    const int failed = cuvid_load_functions(&library->table_, &load);
    if (!load.opened) return unsupported("no NVDEC (libnvcuvid.so.1 was not found)");
    if (failed != 0) return unsupported("the NVIDIA driver is too old: libnvcuvid.so.1 lacks " + load.missing);
    if (library->table_->cuvidGetDecoderCaps == nullptr) {
        return unsupported(
            "the NVIDIA driver is too old: libnvcuvid.so.1 lacks "
            "cuvidGetDecoderCaps");
    }
    return std::shared_ptr<const CuvidLibrary>(std::move(library));
}

CuvidLibrary::~CuvidLibrary() {
    cuvid_free_functions(&table_);
}

}  // namespace tessera
