#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "mcu/scene/composition.h"
#include "mcu/scene/layout_catalog.h"
#include "mcu/scene/view_overlay.h"
#include "mcu/video/view_transition.h"

#include "tests/conformance/random_pictures.h"

namespace tessera::conformance {

/// A view of a meeting, tick after tick, as the video mixer would have it drawn: sources come, go, speak, freeze and
/// send pictures; the scene changes its layout, corners, borders and background, by cuts, fades and moves; tickers run
/// and clocks tick. A seed determines all of it.
class RandomShow {
public:
    explicit RandomShow(std::uint32_t seed) : random_(seed) {
        canvas_ = {random_.even(64, 330), random_.even(48, 240)};
        for (int i = 0; i < 10; ++i) {
            bank_.push_back(random_.frame({random_.number(16, 220), random_.number(16, 160)}));
        }
        for (int i = random_.number(1, 6); i > 0; --i) join();
        for (const auto kind : {OverlayKind::Text, OverlayKind::Ticker, OverlayKind::Clock}) addOverlay(kind);
        changeScene();
    }

    /// The next tick: `composition` and `frames` are what is to be drawn.
    void tick() {
        time_ += std::chrono::milliseconds(40);
        for (int i = random_.number(-3, 2); i > 0; --i) changeOnce();
        for (auto& source : sources_) {
            if (source.isLive && random_.oneIn(3)) source.frame = anyPicture();
        }
        stage();
        resolve(scene_, canvas_, stage_, scratch_, composition);
        transition_.apply(scene_.transition, time_, stage_, frames, composition);
        for (Layer& layer : composition.layers) layer.filter = std::max(layer.filter, filter_);
        composition.backgroundImage = background_;
        for (const auto& overlay : overlays_) {
            placeOverlay(*overlay, time_, time_.time_since_epoch(), canvas_, composition.overlays);
        }
    }

    bool isInTransition() const { return transition_.isRunning(); }

    Composition composition;
    std::vector<FramePtr> frames;

private:
    struct Source {
        std::string id;
        FramePtr frame;
        bool isLive = true;
        bool isScreen = false;
        Orientation orientation;
        std::array<OverlayPtr, kTileScales> labels;
        std::array<OverlayPtr, kTileScales> avatars;
    };

    FramePtr anyPicture() {
        return random_.oneIn(12)
                   ? nullptr
                   : bank_[static_cast<std::size_t>(random_.number(0, static_cast<int>(bank_.size()) - 1))];
    }
    OverlayPtr plate(int width, int height) {
        return random_.overlay({random_.even(2, width), random_.even(2, height)});
    }

    void join() {
        Source source;
        source.id = "s" + std::to_string(joined_++);
        source.frame = anyPicture();
        source.isScreen = random_.oneIn(6);
        if (random_.oneIn(4)) source.orientation = random_.orientation();
        for (auto& label : source.labels) label = plate(60, 16);
        for (auto& avatar : source.avatars) avatar = plate(40, 40);
        sources_.push_back(std::move(source));
    }

    void addOverlay(OverlayKind kind) {
        ViewOverlay made;
        made.spec.kind = kind;
        made.spec.place = {random_.number(0, 10) / 10.0, random_.number(0, 10) / 10.0, 0.5, 0.5};
        made.spec.opacity = random_.oneIn(2) ? 1 : random_.number(0, 10) / 10.0;
        if (random_.oneIn(2)) made.spec.fromMs = random_.number(0, 1000);
        if (random_.oneIn(2)) made.spec.untilMs = random_.number(0, 3000);
        made.plate = plate(200, 40);
        made.strip = plate(400, 30);
        made.characters.fill(random_.overlay({8, 12}));
        for (std::size_t i = 0; i < made.characters.size(); i += 2) made.characters[i] = random_.overlay({8, 12});
        overlays_.push_back(std::make_shared<const ViewOverlay>(std::move(made)));
    }

    void changeScene() {
        const auto layouts = layoutCatalog();
        scene_.layout = layouts[static_cast<std::size_t>(random_.number(0, static_cast<int>(layouts.size()) - 1))].name;
        scene_.params.gap = random_.even(0, 12);
        scene_.params.fit = random_.oneIn(2) ? Fit::Contain : Fit::Cover;
        scene_.cornerRadius = random_.oneIn(2) ? 0 : random_.even(0, 40);
        scene_.border = random_.oneIn(2) ? 0 : random_.even(0, 8);
        scene_.borderColor = random_.color();
        scene_.labels = !random_.oneIn(4);
        scene_.transition.kind = static_cast<TransitionKind>(random_.number(0, 2));
        scene_.transition.duration = std::chrono::milliseconds(random_.number(40, 600));
        if (random_.oneIn(3)) scene_.background = random_.color();
    }

    void changeOnce() {
        const auto any = static_cast<std::size_t>(random_.number(0, static_cast<int>(sources_.size()) - 1));
        switch (random_.number(0, 9)) {
            case 0: join(); break;
            case 1:
                if (sources_.size() > 1) sources_.erase(sources_.begin() + static_cast<std::ptrdiff_t>(any));
                break;
            case 2: sources_[any].isLive = !sources_[any].isLive; break;
            case 3: speaker_ = static_cast<int>(any); break;
            case 4: std::swap(sources_[any], sources_.front()); break;
            case 5: background_ = random_.oneIn(2) ? nullptr : bank_.front(); break;
            case 6: filter_ = static_cast<ScaleFilter>(random_.number(0, 2)); break;
            case 7: sources_[any].labels.fill(plate(60, 16)); break;
            default: changeScene();
        }
    }

    void stage() {
        stage_.clear();
        frames.clear();
        for (std::size_t i = 0; i < sources_.size(); ++i) {
            const Source& source = sources_[i];
            StageSource staged;
            staged.id = source.id;
            staged.traits.isScreen = source.isScreen;
            staged.traits.hasVideo = source.frame != nullptr;
            staged.traits.speakerRank = static_cast<int>(i) == speaker_ ? 0 : -1;
            staged.orientation = source.orientation;
            staged.pictureAge = source.isLive ? Duration{} : 2 * kDimAfter;
            staged.labels = source.labels;
            staged.avatars = source.avatars;
            stage_.push_back(std::move(staged));
            frames.push_back(source.frame);
        }
    }

    RandomPictures random_;
    Size canvas_;
    std::vector<FramePtr> bank_;
    std::vector<Source> sources_;
    std::vector<ViewOverlayPtr> overlays_;
    std::vector<StageSource> stage_;
    Scene scene_;
    ResolveScratch scratch_;
    ViewTransition transition_;
    FramePtr background_;
    ScaleFilter filter_ = ScaleFilter::CatmullRom;
    MediaTime time_{};
    int joined_ = 0;
    int speaker_ = -1;
};

}  // namespace tessera::conformance
