#define BOOST_TEST_MODULE tessera
#include <boost/test/unit_test.hpp>

#include "mcu/base/log.h"

namespace {

struct QuietLog {
    QuietLog() { tessera::setLogLevel(tessera::LogLevel::Error); }
};

}  // namespace

BOOST_TEST_GLOBAL_FIXTURE(QuietLog);
