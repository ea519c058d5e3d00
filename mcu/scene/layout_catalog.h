#pragma once

#include <span>
#include <string_view>

#include "mcu/base/result.h"
#include "mcu/scene/layout.h"

namespace tessera {

/// One parameter of a layout, as the REST API and the documentation show it.
struct LayoutParamRow {
    std::string_view name;     ///< snake_case, as in JSON
    std::string_view type;     ///< "integer", "number", "string", "tiles"
    std::string_view values;   ///< range or choices in words
    std::string_view initial;  ///< the default, as JSON
};

/// One layout.
struct LayoutRow {
    std::string_view name;
    std::string_view summary;  ///< one sentence for people
    std::span<const LayoutParamRow> params;
    LayoutFunction place;
};

/// The one table of layouts.
std::span<const LayoutRow> layoutCatalog();

/// @error not_found: no such layout; the message lists those that exist
Result<const LayoutRow*> findLayout(std::string_view name);

/// Checks the parameters that the layout reads against their ranges.
/// @error invalid_argument with `field` = the parameter's name
Status validateLayoutParams(const LayoutRow& layout, const LayoutParams& params);

}  // namespace tessera
