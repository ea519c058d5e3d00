#include "mcu/base/thread_priority.h"

#include <sys/resource.h>

namespace tessera {
namespace {

/// About a tenth of a live thread's share: enough to get on beside them, too little to make them late.
constexpr int kNice = 10;

}  // namespace

void lowerThreadPriority() {
    static_cast<void>(::setpriority(PRIO_PROCESS, 0, kNice));
}

}  // namespace tessera
