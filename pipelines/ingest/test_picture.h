#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mcu/media/frame_pool.h"

#include "pipelines/ingest/glyph_mask.h"

namespace tessera {

enum class TestPattern {
    Moving,  ///< flowing bands in a hue of its own, a disc on its way, the name and a frame counter
    Flash,   ///< white for 100 ms from each full second of the meeting, else black
    Coded,   ///< the frame code of its pts, the name and a frame counter
};

std::optional<TestPattern> testPatternFromString(std::string_view text);

/// Draws the pictures of a test source. Each follows from its tick alone.
/// @thread one at a time; draw does not allocate once its pool is warm
class TestPicture {
public:
    /// @param index  of the source among others: chooses the hue, neighbours differ by the golden angle
    TestPicture(TestPattern pattern, const std::string& name, Size size, FrameRate rate, int index);

    /// @return the picture of tick n, with its pts: I420, BT.709 limited
    FramePtr draw(std::int64_t tick);

private:
    void drawMoving(WritableFrame& frame, double seconds);
    void drawDisc(WritableFrame& frame, double seconds);
    void drawText(WritableFrame& frame, std::int64_t tick, int top, int bottom);
    static PlaneView plane(WritableFrame& frame, std::size_t index);
    static void fill(WritableFrame& frame, Yuv colour);

    // State
    TestPattern pattern_;
    FrameRate rate_;
    FramePool pool_;
    GlyphMask name_;
    std::array<GlyphMask, 10> digits_;
    GlyphMask disc_, chromaDisc_;
    Yuv discColour_;
    std::vector<std::uint8_t> wave_;         ///< one row of bands, longer than the picture by one wavelength
    std::vector<std::uint8_t> rowU_, rowV_;  ///< chroma of each chroma row
    int wavelength_ = 1;                     ///< pixels
};

}  // namespace tessera
