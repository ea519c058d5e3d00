#pragma once

#include <memory>

#include "mcu/scene/overlay.h"

namespace tessera {

/// A TextRasterizer on Pango and Cairo, in the system's sans-serif font. A label of nothing but blanks is null; a name
/// without initials that the fonts can draw gets the outline of a person.
///
/// @thread any: calls from several threads wait for each other
std::unique_ptr<TextRasterizer> createPangoTextRasterizer();

}  // namespace tessera
