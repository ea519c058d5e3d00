#pragma once

#include <string>

#include "tests/support/stand_in_library.h"

namespace tessera {

/// The stand-in decoding library inside this process.
class FakeNvdec {
public:
    /// @param plan  faults, as tests/support/fake_cuvid/fake_cuvid.cpp says
    explicit FakeNvdec(const std::string& plan = {}) : library_(path()) { reset(plan); }
    ~FakeNvdec() { reset(""); }
    FakeNvdec(const FakeNvdec&) = delete;
    FakeNvdec& operator=(const FakeNvdec&) = delete;

    static std::string folder() { return StandInLibrary::folder(); }
    static std::string path() { return folder() + "libnvcuvid.so.1"; }

    void reset(const std::string& plan) { library_.function<void(const char*)>("fakeCuvidReset")(plan.c_str()); }
    long calls(const std::string& name) { return library_.function<long(const char*)>("fakeCuvidCalls")(name.c_str()); }
    /// What a real device would have answered with wrong pictures, a stall or a crash.
    int violations() { return library_.function<int()>("fakeCuvidViolations")(); }
    /// Decoders that live.
    int decoders() { return library_.function<int()>("fakeCuvidDecoders")(); }

private:
    StandInLibrary library_;
};

}  // namespace tessera
