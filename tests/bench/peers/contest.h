#pragma once

#include <map>

#include "tests/bench/peers/painter.h"

namespace tessera {

/// What one painter took in one case, CPU milliseconds per picture.
struct PainterTimes {
    double pacedMedian = 0;  ///< sources freshly written by the other core, 2 ms before
    double pacedP10 = 0;
    double hotMedian = 0;  ///< drawn once more at once
    double hotP10 = 0;
    double psnr = 0;  ///< of luma against ours, dB; 0 = draws nothing to compare
};

/// One case's result: by painter. Ours are "ours/<kernels>/<filter>".
using ContestTimes = std::map<std::string, PainterTimes>;

/// Lets everybody draw in turns, so that a slow moment of the machine falls on each of them.
///
/// @param rounds  pictures per painter and mode
/// @return        an error when somebody's picture is not that of the others
Result<ContestTimes> runContest(const BenchCase& drawn, int rounds);

}  // namespace tessera
