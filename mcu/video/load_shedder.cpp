#include "mcu/video/load_shedder.h"

namespace tessera {

bool LoadShedder::onTick(Duration spent, Duration period) {
    constexpr double kNewest = 1.0 / 8;
    load_ += kNewest * (static_cast<double>(spent.count()) / static_cast<double>(period.count()) - load_);
    over_ = load_ > kShedAbove ? over_ + period : Duration{};
    underneath_ = load_ < kRestoreBelow ? underneath_ + period : Duration{};
    const ScaleFilter before = filter_;
    if (over_ >= kShedAfter) {
        filter_ = before == ScaleFilter::CatmullRom ? ScaleFilter::Area : ScaleFilter::Bilinear;
        over_ = Duration{};
    } else if (underneath_ >= kRestoreAfter) {
        filter_ = before == ScaleFilter::Bilinear ? ScaleFilter::Area : ScaleFilter::CatmullRom;
        underneath_ = Duration{};
    }
    return filter_ != before;
}

}  // namespace tessera
