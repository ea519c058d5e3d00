#include "pipelines/ingest/image_ingest.h"

#include "mcu/base/folder_file.h"
#include "mcu/base/tick_thread.h"

#include "pipelines/raster/image_file.h"

namespace tessera {
namespace {

/// Often enough that the picture is not taken for one that is held; to show the same again costs nothing.
constexpr FrameRate kRefreshRate{2, 1};

class ImageIngest final : public Ingest {
public:
    ImageIngest(FramePtr picture, const IngestContext& context)
        : feed_(context.feed),
          picture_(std::move(picture)),
          thread_("image-source", context.timeline.clock(), kRefreshRate, context.timeline.epoch(),
                  [this](std::int64_t n) { show(MediaTime(kRefreshRate.tickTime(n))); }) {
        feed_->width.set(picture_->size.width);
        feed_->height.set(picture_->size.height);
        feed_->setState(SourceState::Live);
    }
    ~ImageIngest() override {
        thread_.stop();
        feed_->setState(SourceState::Ended);
    }

private:
    /// A copy keeps the picture's id, so nothing is drawn anew.
    void show(MediaTime now) {
        auto again = std::make_shared<VideoFrame>(*picture_);
        again->pts = now;
        feed_->video.offer(std::move(again));
    }

    // Owned
    SourceFeedPtr feed_;
    FramePtr picture_;
    TickThread thread_;
};

}  // namespace

Status checkImageIngest(const IngestSpec& spec, const IngestSettings& settings) {
    const auto path = findInFolder(settings.filesRoot, spec.params.text("url"), "url");
    if (!path) return path.error();
    return kOk;
}

Result<std::unique_ptr<Ingest>> createImageIngest(const IngestSpec& spec, const IngestContext& context) {
    const auto path = findInFolder(context.settings.filesRoot, spec.params.text("url"), "url");
    if (!path) return path.error();
    auto picture = readPicture(*path);
    if (!picture) return invalidArgument(picture.error().message, "url");
    return std::unique_ptr<Ingest>(std::make_unique<ImageIngest>(std::move(picture).value(), context));
}

}  // namespace tessera
