#define BOOST_TEST_MODULE tessera
#include <boost/test/unit_test.hpp>

/// What libraries leak once per process, however often they are called; read by the leak sanitizer alone.
extern "C" const char* __lsan_default_suppressions() {
    // GLib keeps a 16 KiB table from its load on; the report has no frame but g_malloc to name it by, so leaks of
    // GLib's own memory are not seen here. What a lost GPU held is left to its driver, here the stand-in.
    return "leak:libfontconfig\nleak:^g_malloc$\nleak:libcuda.so\n";
}
