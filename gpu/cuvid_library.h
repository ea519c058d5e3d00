#pragma once

#include <memory>
#include <string>

#include "mcu/base/result.h"

#include "gpu/ffnvcodec.h"

namespace tessera {

/// NVIDIA's decoding library, loaded at run time. It comes with the driver, but
/// containers are often given a driver without it.
/// @thread any
class CuvidLibrary {
public:
    /// @param path  of a library that answers like libnvcuvid.so.1, for tests;
    /// empty = the machine's
    /// @error unsupported: there is none, or it is too old
    static Result<std::shared_ptr<const CuvidLibrary>> load(const std::string& path = {});
    ~CuvidLibrary();
    CuvidLibrary(const CuvidLibrary&) = delete;
    CuvidLibrary& operator=(const CuvidLibrary&) = delete;

    const CuvidFunctions& calls() const { return *table_; }

private:
    CuvidLibrary() = default;

    CuvidFunctions* table_ = nullptr;
};

}  // namespace tessera
