#pragma once

#include <string>

#include "api/services.h"

namespace tessera {

/// Everything that Prometheus is told, as text exposition format 0.0.4.
/// @source Prometheus documentation, Exposition formats
/// @thread any; asks every meeting
std::string metricsText(const Services& services);

}  // namespace tessera
