#include "mcu/media/video_frame.h"

#include <atomic>

namespace tessera {

std::uint64_t nextPictureId() {
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace tessera
