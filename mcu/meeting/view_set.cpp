#include "mcu/meeting/view_set.h"

#include <utility>

#include "mcu/base/log.h"
#include "mcu/scene/layout_catalog.h"

namespace tessera {
namespace {

bool isEvenUpTo(int value, int most) {
    return value >= 0 && value <= most && value % 2 == 0;
}

Status validateScene(const Scene& scene) {
    if (!isEvenUpTo(scene.cornerRadius, kMaximumCornerRadius)) {
        return invalidArgument("corner_radius must be an even number from 0 to 200", "corner_radius");
    }
    if (!isEvenUpTo(scene.border, kMaximumBorder)) {
        return invalidArgument("the border's width must be an even number from 0 to 32", "border.width");
    }
    if (scene.transition.duration < Duration{} || scene.transition.duration > SceneTransition::kLongest) {
        return invalidArgument("a transition takes 0 to 5000 ms", "transition.ms");
    }
    auto layout = findLayout(scene.layout);
    if (!layout) return invalidArgument(layout.error().message, "layout");
    return validateLayoutParams(**layout, scene.params);
}

}  // namespace

ViewSet::ViewSet(MediaFactory& factory, Reaper& reaper, std::string meeting, ViewSpec main)
    : factory_(factory), reaper_(reaper), meeting_(std::move(meeting)) {
    auto image = load(main.scene);
    if (!image) log(LogLevel::Warning, "meeting", "background image left out", {{"reason", image.error().message}});
    views_[mainId()] = {.spec = std::move(main),
                        .view = std::make_shared<View>(factory_.createCompositor(meeting_)),
                        .backgroundImage = image ? *image : nullptr};
}

const ViewId& ViewSet::mainId() {
    static const ViewId id = ViewId::fromString("main").value();
    return id;
}

Status ViewSet::validate(const ViewSpec& spec) {
    const auto [width, height] = spec.canvas;
    if (width < 160 || width > 3840 || width % 2 != 0) {
        return invalidArgument("canvas width must be an even number from 160 to 3840", "canvas.width");
    }
    if (height < 90 || height > 2160 || height % 2 != 0) {
        return invalidArgument("canvas height must be an even number from 90 to 2160", "canvas.height");
    }
    const double fps = spec.rate.toDouble();
    if (spec.rate.num <= 0 || spec.rate.den <= 0 || fps < 1 || fps > 60) {
        return invalidArgument("canvas fps must be from 1 to 60", "canvas.fps");
    }
    return validateScene(spec.scene);
}

Result<ViewInfo> ViewSet::add(const ViewSpec& spec) {
    TESSERA_TRY(validate(spec));
    if (spec.rate != views_.at(mainId()).spec.rate) {
        return unsupported("a view must have the meeting's frame rate", "canvas.fps");
    }
    auto image = load(spec.scene);
    if (!image) return image.error();
    const auto id = ViewId::create();
    const auto& added = views_[id] = {.spec = spec,
                                      .view = std::make_shared<View>(factory_.createCompositor(meeting_)),
                                      .backgroundImage = std::move(image).value()};
    return describe(id, added);
}

Status ViewSet::update(const ViewId& id, const ViewPatch& patch) {
    const auto found = views_.find(id);
    if (found == views_.end()) return notFound("there is no view " + id.toString());
    if (!patch.scene) return kOk;
    TESSERA_TRY(validateScene(*patch.scene));
    if (patch.scene->backgroundImage != found->second.spec.scene.backgroundImage) {
        auto image = load(*patch.scene);
        if (!image) return image.error();
        found->second.backgroundImage = std::move(image).value();
    }
    found->second.spec.scene = *patch.scene;
    return kOk;
}

Status ViewSet::remove(const ViewId& id) {
    if (id == mainId()) return conflict("the view main cannot be removed");
    const auto found = views_.find(id);
    if (found == views_.end()) return notFound("there is no view " + id.toString());
    reaper_.retire(std::move(found->second.view));
    views_.erase(found);
    return kOk;
}

Result<FramePtr> ViewSet::load(const Scene& scene) {
    if (scene.backgroundImage.empty()) return FramePtr();
    auto image = factory_.loadPicture(scene.backgroundImage);
    if (!image) return Error{image.error().code, image.error().message, "background_image"};
    return image;
}

PlannedView* ViewSet::find(const ViewId& id) {
    return const_cast<PlannedView*>(std::as_const(*this).find(id));
}

const PlannedView* ViewSet::find(const ViewId& id) const {
    const auto found = views_.find(id.isEmpty() ? mainId() : id);
    return found == views_.end() ? nullptr : &found->second;
}

ViewInfo ViewSet::describe(const ViewId& id, const PlannedView& view) {
    return {.id = id,
            .spec = view.spec,
            .framesComposed = view.view->framesComposed.value(),
            .composeMsP50 = static_cast<double>(view.view->composeUs.percentile(0.5)) / 1000,
            .composeMsP99 = static_cast<double>(view.view->composeUs.percentile(0.99)) / 1000};
}

}  // namespace tessera
