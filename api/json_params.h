#pragma once

#include <span>

#include "mcu/base/params.h"

#include "api/json.h"

namespace tessera {

/// Reads the parameters of a catalog row from an object's own members and completes them; a fault is the reader's.
Params readParams(ObjectReader& reader, std::span<const ParamRow> rows);

/// As members of an object: of a secret whether there is one, of a URL what shows no key.
Json toJson(const Params& params, std::span<const ParamRow> rows);

/// As the lists of kinds document them.
Json describeParams(std::span<const ParamRow> rows);

}  // namespace tessera
