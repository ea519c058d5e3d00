#include <initializer_list>

#include "mcu/base/ids.h"
#include "mcu/scene/layout_catalog.h"

namespace tessera {

namespace {

constexpr double kRounding = 1e-6;  // fractions such as 1/3 + 2/3 need not sum to one exactly
constexpr int kMaximumDepth = 1000;

Status checkRange(std::string_view name, double value, double lowest, double highest) {
    if (value >= lowest && value <= highest) return kOk;
    const auto text = [](double number) {
        std::string digits = std::to_string(number);
        digits.erase(digits.find_last_not_of('0') + 1);
        if (digits.back() == '.') digits.pop_back();
        return digits;
    };
    return invalidArgument(std::string(name) + " must be " + text(lowest) + " to " + text(highest), std::string(name));
}

Status checkChoice(std::string_view name, std::string_view value, std::initializer_list<std::string_view> choices) {
    std::string message = std::string(name) + " must be one of";
    for (const std::string_view choice : choices) {
        if (value == choice) return kOk;
        message.append(" ").append(choice);
    }
    return invalidArgument(message, std::string(name));
}

bool isInside(const FractionRect& rect) {
    return rect.x >= 0 && rect.y >= 0 && rect.width > 0 && rect.height > 0 && rect.x + rect.width <= 1 + kRounding &&
           rect.y + rect.height <= 1 + kRounding;
}

Status checkTiles(const LayoutParams& params) {
    if (params.tiles.empty() || params.tiles.size() > kMaximumTiles) {
        return invalidArgument("tiles must have 1 to " + std::to_string(kMaximumTiles) + " entries", "tiles");
    }
    for (std::size_t i = 0; i < params.tiles.size(); ++i) {
        const CustomTile& tile = params.tiles[i];
        const std::string name = "tiles[" + std::to_string(i) + "]";
        if (!isInside(tile.rect))
            return invalidArgument(name + ".rect must lie inside 0 to 1 and not be empty", "tiles");
        if (tile.z < -kMaximumDepth || tile.z > kMaximumDepth)
            return invalidArgument(name + ".z must be -1000 to 1000", "tiles");
        if (!(tile.opacity >= 0 && tile.opacity <= 1))
            return invalidArgument(name + ".opacity must be 0 to 1", "tiles");
        if (!tile.source.empty() && !isSafeName(tile.source)) {
            return invalidArgument(name + ".source must be the id of a source or participant", "tiles");
        }
    }
    return kOk;
}

struct ParamCheck {
    std::string_view name;
    Status (*check)(const LayoutParams& params);
};

constexpr ParamCheck kChecks[] = {
    {"columns", [](const LayoutParams& p) { return checkRange("columns", p.columns, 0, kMaximumTiles); }},
    {"rows", [](const LayoutParams& p) { return checkRange("rows", p.rows, 0, kMaximumTiles); }},
    {"small",
     [](const LayoutParams& p) -> Status {
         if (p.small == 5 || p.small == 7 || p.small == 12) return kOk;
         return invalidArgument("small must be 5, 7 or 12", "small");
     }},
    {"strip",
     [](const LayoutParams& p) {
         return checkChoice("strip", p.strip, {"bottom", "top", "left", "right"});
     }},
    {"strip_fraction", [](const LayoutParams& p) { return checkRange("strip_fraction", p.stripFraction, 0.1, 0.5); }},
    {"corner",
     [](const LayoutParams& p) {
         return checkChoice("corner", p.corner, {"bottom-right", "bottom-left", "top-right", "top-left"});
     }},
    {"inset_fraction", [](const LayoutParams& p) { return checkRange("inset_fraction", p.insetFraction, 0.1, 0.5); }},
    {"gap",
     [](const LayoutParams& p) -> Status {
         if (p.gap >= 0 && p.gap <= 64 && p.gap % 2 == 0) return kOk;
         return invalidArgument("gap must be an even number, 0 to 64", "gap");
     }},
    {"fit", [](const LayoutParams&) -> Status { return kOk; }},
    {"tiles", checkTiles},
};

const ParamCheck* findCheck(std::string_view name) {
    for (const ParamCheck& row : kChecks) {
        if (row.name == name) return &row;
    }
    return nullptr;
}

}  // namespace

Status validateLayoutParams(const LayoutRow& layout, const LayoutParams& params) {
    for (const LayoutParamRow& row : layout.params) {
        const ParamCheck* check = findCheck(row.name);
        TESSERA_CHECK(check != nullptr);
        TESSERA_TRY(check->check(params));
    }
    return kOk;
}

}  // namespace tessera
