#pragma once

#include <gst/gst.h>
#include <memory>
#include <utility>

namespace tessera {

/// Owns one reference of a GstObject (element, pad, bus, pipeline).
template <typename T>
struct GstObjectDeleter {
    void operator()(T* object) const { gst_object_unref(object); }
};
template <typename T>
using GstObjectPtr = std::unique_ptr<T, GstObjectDeleter<T>>;
using GstElementPtr = GstObjectPtr<GstElement>;

/// Owns one reference of a GstMiniObject (buffer, sample, caps, message, event).
template <typename T>
struct GstMiniObjectDeleter {
    void operator()(T* object) const { gst_mini_object_unref(GST_MINI_OBJECT_CAST(object)); }
};
template <typename T>
using GstMiniObjectPtr = std::unique_ptr<T, GstMiniObjectDeleter<T>>;
using GstBufferPtr = GstMiniObjectPtr<GstBuffer>;
using GstSamplePtr = GstMiniObjectPtr<GstSample>;
using GstCapsPtr = GstMiniObjectPtr<GstCaps>;

}  // namespace tessera
