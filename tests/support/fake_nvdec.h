#pragma once

#include <dlfcn.h>
#include <string>

#include "mcu/base/check.h"

namespace tessera {

/// The stand-in decoding library inside this process.
class FakeNvdec {
public:
    /// @param plan  faults, as tests/support/fake_cuvid/fake_cuvid.cpp says
    explicit FakeNvdec(const std::string& plan = {}) : library_(dlopen(path().c_str(), RTLD_NOW)) {
        TESSERA_CHECK(library_ != nullptr);
        reset(plan);
    }
    ~FakeNvdec() {
        reset("");
        dlclose(library_);
    }
    FakeNvdec(const FakeNvdec&) = delete;
    FakeNvdec& operator=(const FakeNvdec&) = delete;

    static std::string folder() { return std::string(TESSERA_BINARY_DIR) + "/fake_cuda/"; }
    static std::string path() { return folder() + "libnvcuvid.so.1"; }

    void reset(const std::string& plan) { function<void(const char*)>("fakeCuvidReset")(plan.c_str()); }
    long calls(const std::string& name) { return function<long(const char*)>("fakeCuvidCalls")(name.c_str()); }
    /// What a real device would have answered with wrong pictures, a stall or a crash.
    int violations() { return function<int()>("fakeCuvidViolations")(); }
    /// Decoders that live.
    int decoders() { return function<int()>("fakeCuvidDecoders")(); }

private:
    template <typename Function>
    Function* function(const char* name) {
        auto* found = reinterpret_cast<Function*>(dlsym(library_, name));
        TESSERA_CHECK(found != nullptr);
        return found;
    }

    void* library_;
};

}  // namespace tessera
