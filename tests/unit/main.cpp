#define BOOST_TEST_MODULE tessera
#include <boost/test/unit_test.hpp>

/// What libraries leak once per process, however often they are called; read by the leak sanitizer alone.
extern "C" const char* __lsan_default_suppressions() {
    return "leak:libfontconfig\n";
}
