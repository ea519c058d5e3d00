#pragma once

#include <string>

namespace tessera {

/// What loading one of NVIDIA's libraries is told and what it found out: the `logctx` of ffnvcodec's load functions.
struct LibraryLoad {
    std::string path;     ///< of the library; empty = its usual name, found as the dynamic linker does
    bool opened = false;  ///< the library is there
    std::string missing;  ///< the first function that it lacks; empty when none
};

/// dlopen for ffnvcodec: lazily bound, symbols kept private.
void* openLibrary(const char* usualName, void* load);

/// Notes what ffnvcodec could not load, instead of printing it.
void noteMissing(void* load, const char* name);

}  // namespace tessera

// ffnvcodec's header opens libraries with these; `logctx` is the argument of its load functions.
#define FFNV_LOAD_FUNC(name) ::tessera::openLibrary(name, logctx)
#define FFNV_SYM_FUNC(library, symbol) dlsym(library, symbol)
#define FFNV_FREE_FUNC(library) dlclose(library)
#define FFNV_LOG_FUNC(context, format, name) ::tessera::noteMissing(context, name)
#define FFNV_DEBUG_LOG_FUNC(context, format, name)

#include <dlfcn.h>
#include <ffnvcodec/dynlink_cuda.h>
#include <ffnvcodec/dynlink_nvcuvid.h>
// Must follow the types above.
#include <ffnvcodec/dynlink_loader.h>
