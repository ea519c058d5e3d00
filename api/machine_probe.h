#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "gpu/gpu_engines.h"

namespace tessera {

/// What this machine can do, found out by trying: `{version, cpu, compositor, encoders, decoders, gpu}`.
/// Takes up to two seconds.
/// @thread any but tick threads
nlohmann::json probeMachine(const GpuEngines& gpus);

/// The same for people.
std::string probeText(const nlohmann::json& probe);

}  // namespace tessera
