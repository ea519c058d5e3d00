#pragma once

#include <type_traits>

#include "mcu/scene/layout.h"

namespace tessera {

using LayoutSignature = std::remove_pointer_t<LayoutFunction>;

// One per row of the catalog; what each does is said there, and pictured in docs/layouts.md.
LayoutSignature placeGrid;
LayoutSignature placeSpeaker;
LayoutSignature placePresentation;
LayoutSignature placeOnePlusN;
LayoutSignature placeSideBySide;
LayoutSignature placePictureInPicture;
LayoutSignature placeSingle;
LayoutSignature placeCustom;

}  // namespace tessera
