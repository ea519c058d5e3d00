#pragma once

#include <dlfcn.h>
#include <string>

#include "mcu/base/check.h"

namespace tessera {

/// A library of tests/support that takes a vendor's place, open in this process as long as this object lives.
class StandInLibrary {
public:
    /// @param path  of the library; the process ends if it does not load
    explicit StandInLibrary(const std::string& path) : library_(dlopen(path.c_str(), RTLD_NOW)) {
        TESSERA_CHECK(library_ != nullptr);
    }
    ~StandInLibrary() { dlclose(library_); }
    StandInLibrary(const StandInLibrary&) = delete;
    StandInLibrary& operator=(const StandInLibrary&) = delete;

    /// Folder of the stand-in libraries.
    static std::string folder() { return std::string(TESSERA_BINARY_DIR) + "/fake_cuda/"; }

    /// @tparam Function  the type of the exported function of that name
    template <typename Function>
    Function* function(const char* name) const {
        auto* found = reinterpret_cast<Function*>(dlsym(library_, name));
        TESSERA_CHECK(found != nullptr);
        return found;
    }

private:
    void* library_;
};

}  // namespace tessera
