#pragma once

#include "mcu/base/stats.h"

namespace tessera {

/// What an HTTP edge counts; readable by any thread.
struct HttpCounters {
    Counter requests, responses2xx, responses4xx, responses5xx, refused;
    Gauge connections;

    /// Adds one response of that status to its class.
    void count(int status) {
        if (status < 400) responses2xx.add();
        if (status >= 400 && status < 500) responses4xx.add();
        if (status >= 500) responses5xx.add();
    }
};

}  // namespace tessera
