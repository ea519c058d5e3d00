#include "mcu/base/sync.h"

#include <pthread.h>

namespace tessera {

void Thread::nameCurrentThread(const char* name) {
    pthread_setname_np(pthread_self(), name);
}

}  // namespace tessera
