#include "mcu/scene/composition.h"

#include <boost/test/unit_test.hpp>

namespace tessera {

namespace {

constexpr Size kHd{1280, 720};

OverlayPtr overlay(Size size) {
    Overlay picture;
    picture.size = size;
    return std::make_shared<const Overlay>(std::move(picture));
}

StageSource person(std::string_view id, std::string_view participant) {
    StageSource source{id, participant, {}, {}, {}, {}};
    source.traits.hasVideo = true;
    for (const TileScale scale : kEveryTileScale) {
        const auto i = static_cast<std::size_t>(scale);
        source.labels[i] = overlay({labelMaxWidth(scale), labelHeight(scale)});
        source.avatars[i] = overlay({avatarDiameter(scale), avatarDiameter(scale)});
    }
    return source;
}

std::vector<StageSource> stageOf(int count) {
    static const std::string_view kIds[] = {"src_a", "src_b", "src_c", "src_d", "src_e"};
    static const std::string_view kOwners[] = {"par_a", "par_b", "par_c", "par_d", "par_e"};
    std::vector<StageSource> stage;
    for (int i = 0; i < count; ++i) stage.push_back(person(kIds[i], kOwners[i]));
    return stage;
}

Composition resolved(const Scene& scene, std::span<const StageSource> stage, Size canvas = kHd) {
    ResolveScratch scratch;
    Composition composition;
    resolve(scene, canvas, stage, scratch, composition);
    return composition;
}

Scene customScene(std::vector<std::string> sources) {
    Scene scene;
    scene.layout = "custom";
    for (std::size_t i = 0; i < sources.size(); ++i) {
        const double width = 1.0 / static_cast<double>(sources.size());
        scene.params.tiles.push_back({{static_cast<double>(i) * width, 0, width, 1}, 0, Fit::Cover, sources[i]});
    }
    return scene;
}

std::vector<int> sourcesOf(const Composition& composition) {
    std::vector<int> sources;
    for (const Layer& layer : composition.layers) sources.push_back(layer.source);
    return sources;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(composition)

BOOST_AUTO_TEST_CASE(an_excluded_participant_is_left_out_and_indices_stay_those_of_the_stage) {
    Scene scene;
    scene.excludeParticipant = "par_b";
    BOOST_TEST(sourcesOf(resolved(scene, stageOf(4))) == (std::vector<int>{0, 2, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_active_speaker_has_a_border_that_scales_with_the_canvas) {
    auto stage = stageOf(3);
    stage[1].traits.speakerRank = 0;
    stage[2].traits.speakerRank = 1;
    Scene scene;
    const auto at = [&](Size canvas) { return resolved(scene, stage, canvas).layers[1].border; };
    BOOST_TEST(at(kHd) == 4);
    BOOST_TEST(at({1920, 1080}) == 6);
    BOOST_TEST(at({3840, 2160}) == 12);
    BOOST_TEST(at({640, 360}) == 2);
    BOOST_TEST(at({160, 90}) == 2);
    const auto picture = resolved(scene, stage);
    BOOST_TEST(picture.layers[0].border == 0);
    BOOST_TEST(picture.layers[2].border == 0);
    scene.activeSpeakerBorder = false;
    BOOST_TEST(at(kHd) == 0);
}

BOOST_AUTO_TEST_CASE(one_alone_has_no_border) {
    auto stage = stageOf(2);
    stage[0].traits.speakerRank = 0;
    Scene scene;
    BOOST_TEST(resolved(scene, std::span(stage).first(1)).layers[0].border == 0);
    scene.layout = "single";
    BOOST_TEST(resolved(scene, stage).layers[0].border == 0);
}

BOOST_AUTO_TEST_CASE(a_label_keeps_clear_of_rounded_corners_and_borders_where_there_is_room) {
    static_assert(labelInset(0, 0) == 8 && labelInset(0, 4) == 8 && labelInset(24, 4) == 12 && labelInset(0, 12) == 16);
    StageSource source;
    source.labels.fill(overlay({100, 20}));
    Layer layer;
    layer.rect = {0, 0, 200, 100};
    layer.cornerRadius = 50;
    dressLayer(source, true, layer);
    BOOST_TEST(layer.label != nullptr);
    BOOST_TEST(layer.labelInset == 18);
    layer.rect.width = 120;  // 18 on either side are too many
    dressLayer(source, true, layer);
    BOOST_TEST(layer.label != nullptr);
    BOOST_TEST(layer.labelInset == 8);
    layer.rect.width = 110;
    dressLayer(source, true, layer);
    BOOST_TEST(layer.label == nullptr);
}

BOOST_AUTO_TEST_CASE(a_label_is_chosen_by_the_size_of_its_tile) {
    const auto stage = stageOf(5);
    Scene scene;
    const auto label = [&](Size canvas) { return resolved(scene, stage, canvas).layers[0].label; };
    const auto wanted = [&](TileScale scale) { return stage[0].labels[static_cast<std::size_t>(scale)].get(); };
    BOOST_TEST(label({3840, 2160}) == wanted(TileScale::Large));
    BOOST_TEST(label({1280, 720}) == wanted(TileScale::Medium));
    BOOST_TEST(label({640, 360}) == wanted(TileScale::Small));
    BOOST_TEST(label({360, 200}) == wanted(TileScale::Tiny));
    scene.labels = false;
    BOOST_TEST(label({1280, 720}) == nullptr);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_its_tile_is_not_drawn) {
    auto stage = stageOf(5);
    for (StageSource& source : stage) source.traits.hasVideo = false;
    for (const Layer& layer : resolved({}, stage, {64, 36}).layers) {
        BOOST_TEST(layer.placeholder);
        BOOST_TEST(layer.label == nullptr);
        BOOST_TEST(layer.avatar == nullptr);
    }
}

BOOST_AUTO_TEST_CASE(without_video_a_placeholder_stands_in) {
    auto stage = stageOf(2);
    stage[1].traits.hasVideo = false;
    stage[1].pictureAge = std::chrono::seconds(60);
    const auto picture = resolved({}, stage);
    BOOST_TEST(!picture.layers[0].placeholder);
    BOOST_TEST(picture.layers[0].avatar == nullptr);
    BOOST_TEST(picture.layers[1].placeholder);
    BOOST_TEST(picture.layers[1].avatar == stage[1].avatars[static_cast<std::size_t>(TileScale::Medium)].get());
    BOOST_TEST(picture.layers[1].level == 256);
    BOOST_TEST((picture.layers[1].fill != picture.background));
}

BOOST_AUTO_TEST_CASE(a_held_picture_dims_after_two_seconds) {
    auto stage = stageOf(2);
    stage[0].pictureAge = kDimAfter;
    stage[1].pictureAge = kDimAfter + std::chrono::milliseconds(1);
    const auto picture = resolved({}, stage);
    BOOST_TEST(picture.layers[0].level == 256);
    BOOST_TEST(picture.layers[1].level == kDimLevel);
}

BOOST_AUTO_TEST_CASE(custom_tiles_find_sources_by_id_or_participant_and_the_rest_in_stage_order) {
    const auto stage = stageOf(4);
    const auto picture = resolved(customScene({"", "src_a", "par_d", ""}), stage);
    BOOST_TEST(sourcesOf(picture) == (std::vector<int>{1, 0, 3, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(two_custom_tiles_of_one_participant_show_two_sources) {
    auto stage = stageOf(3);
    stage[2].participant = "par_a";
    const auto picture = resolved(customScene({"par_a", "par_a", "par_a"}), stage);
    BOOST_TEST(sourcesOf(picture) == (std::vector<int>{0, 2, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_custom_tile_is_as_opaque_as_it_says) {
    Scene scene = customScene({"", ""});
    scene.params.tiles[1].opacity = 0.5;
    const auto picture = resolved(scene, stageOf(2));
    BOOST_TEST(picture.layers.at(0).opacity == kOpaque);
    BOOST_TEST(picture.layers.at(1).opacity == 128);
}

BOOST_AUTO_TEST_CASE(a_source_that_is_turned_is_turned_in_every_layout) {
    auto stage = stageOf(2);
    stage[1].orientation = {.quarterTurns = 3, .mirrored = true};
    const auto picture = resolved(Scene{}, stage);
    BOOST_TEST(picture.layers.at(0).orientation.isIdentity());
    BOOST_TEST((picture.layers.at(1).orientation == stage[1].orientation));
}

BOOST_AUTO_TEST_CASE(a_custom_tile_of_somebody_absent_stays_empty) {
    Scene scene = customScene({"src_z", "par_b", ""});
    BOOST_TEST(sourcesOf(resolved(scene, stageOf(2))) == (std::vector<int>{1, 0}), boost::test_tools::per_element());
    scene.excludeParticipant = "par_b";
    BOOST_TEST(sourcesOf(resolved(scene, stageOf(2))) == (std::vector<int>{0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_unknown_layout_falls_back_to_grid) {
    Scene unknown;
    unknown.layout = "mosaic";
    const auto stage = stageOf(5);
    const auto wanted = resolved({}, stage);
    const auto got = resolved(unknown, stage);
    BOOST_REQUIRE_EQUAL(got.layers.size(), 5U);
    for (std::size_t i = 0; i < 5; ++i) BOOST_TEST((got.layers[i].rect == wanted.layers[i].rect));
}

BOOST_AUTO_TEST_CASE(an_empty_stage_is_background_alone) {
    const auto picture = resolved({}, {});
    BOOST_TEST(picture.layers.empty());
    BOOST_TEST((picture.canvas == kHd));
    BOOST_TEST((picture.background == Scene{}.background));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
