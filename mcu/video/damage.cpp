#include "mcu/video/damage.h"

#include <algorithm>

#include "mcu/video/canvas.h"

namespace tessera {
namespace {

/// Boxes end on multiples of this, so that few different parts of a layer, and so few scale tables, occur.
constexpr int kGrid = 32;

Rect unionOf(const Rect& a, const Rect& b) {
    const int x = std::min(a.x, b.x), y = std::min(a.y, b.y);
    return {x, y, std::max(a.right(), b.right()) - x, std::max(a.bottom(), b.bottom()) - y};
}

bool overlaps(const Rect& a, const Rect& b) {
    return a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom();
}

bool contains(const Rect& outer, const Rect& inner) {
    return inner.x >= outer.x && inner.y >= outer.y && inner.right() <= outer.right() &&
           inner.bottom() <= outer.bottom();
}

std::int64_t areaOf(const Rect& rect) {
    return static_cast<std::int64_t>(rect.width) * rect.height;
}

/// `box` with its edges moved outwards to the grid; all of `limit` when that is not much more.
Rect snapped(const Rect& box, const Rect& limit) {
    const int left = box.x / kGrid * kGrid, top = box.y / kGrid * kGrid;
    const int right = (box.right() + kGrid - 1) / kGrid * kGrid, bottom = (box.bottom() + kGrid - 1) / kGrid * kGrid;
    const Rect grown = intersection({left, top, right - left, bottom - top}, limit);
    return 2 * areaOf(grown) > areaOf(limit) ? limit : grown;
}

/// Calls `visible` with parts of `rect` that none of the covers from `begin` on hides, until it returns false.
/// @return false when it was stopped
template <typename Covers, typename Visible>
bool forVisible(const Rect& rect, const Covers& covers, std::size_t begin, Visible& visible) {
    for (std::size_t i = begin; i < covers.size(); ++i) {
        const Rect& cover = covers[i].rect;
        if (!overlaps(rect, cover)) continue;
        const Rect hidden = intersection(rect, cover);
        const Rect parts[] = {{rect.x, rect.y, rect.width, hidden.y - rect.y},
                              {rect.x, hidden.bottom(), rect.width, rect.bottom() - hidden.bottom()},
                              {rect.x, hidden.y, hidden.x - rect.x, hidden.height},
                              {hidden.right(), hidden.y, rect.right() - hidden.right(), hidden.height}};
        return std::all_of(std::begin(parts), std::end(parts), [&](const Rect& part) {
            return part.isEmpty() || forVisible(part, covers, i + 1, visible);
        });
    }
    return visible(rect);
}

/// Index of the first cover that belongs to a nearer item.
template <typename Covers>
std::size_t firstAbove(const Covers& covers, std::size_t item) {
    const auto found =
        std::partition_point(covers.begin(), covers.end(), [item](const auto& cover) { return cover.item <= item; });
    return static_cast<std::size_t>(found - covers.begin());
}

}  // namespace

Rect Damage::BoxSet::add(Rect box) {
    for (const Rect& known : boxes()) {
        if (contains(known, box)) return {};
    }
    std::size_t i = 0;
    while (i < count_) {
        const bool isFull = count_ == kMost;
        if (!isFull && !overlaps(boxes_[i], box)) {
            ++i;
            continue;
        }
        box = unionOf(boxes_[i], box);
        boxes_[i] = boxes_[--count_];
        i = 0;
    }
    boxes_[count_++] = box;
    return box;
}

void Damage::takeCovers(const DrawnPicture& picture, std::vector<Cover>& covers) {
    covers.clear();
    for (std::size_t i = 0; i < picture.items.size(); ++i) {
        const DrawnItem& item = picture.items[i];
        if (!item.isOpaque() || item.rect.isEmpty()) continue;
        const auto [x, y, width, height] = item.rect;
        const int radius = item.cornerRadius;
        if (height > 2 * radius) covers.push_back({{x, y + radius, width, height - 2 * radius}, i});
        if (radius == 0 || width == 2 * radius) continue;
        covers.push_back({{x + radius, y, width - 2 * radius, radius}, i});
        covers.push_back({{x + radius, y + height - radius, width - 2 * radius, radius}, i});
    }
}

void Damage::addVisible(const DrawnPicture& picture, std::size_t item, const std::vector<Cover>& covers) {
    const DrawnItem& drawn = picture.items[item];
    if (drawn.rect.isEmpty() || drawn.opacity <= 0) return;
    auto take = [this](const Rect& part) {
        const bool isKnown =
            std::any_of(area_.begin(), area_.end(), [&part](const Rect& known) { return contains(known, part); });
        if (!isKnown) area_.push_back(part);
        return true;
    };
    forVisible(drawn.rect, covers, firstAbove(covers, item), take);
}

/// Items that both pictures have, in the same order, are kept; all others are wrong where they show.
void Damage::compare(const DrawnPicture& before, const DrawnPicture& now) {
    isKept_.assign(before.items.size(), false);
    std::size_t next = 0;
    for (std::size_t i = 0; i < now.items.size(); ++i) {
        const auto begin = before.items.begin() + static_cast<std::ptrdiff_t>(next);
        const auto found = std::find(begin, before.items.end(), now.items[i]);
        if (found == before.items.end()) {
            addVisible(now, i, covers_);
            continue;
        }
        next = static_cast<std::size_t>(found - before.items.begin());
        isKept_[next++] = true;
    }
    takeCovers(before, coversBefore_);
    for (std::size_t i = 0; i < before.items.size(); ++i) {
        if (!isKept_[i]) addVisible(before, i, coversBefore_);
    }
}

/// Draws again whatever shows where the canvas is wrong. @return true when more is wrong than before
bool Damage::spread(const DrawnPicture& now) {
    const std::size_t known = area_.size();
    for (std::size_t i = 0; i < now.items.size(); ++i) {
        const DrawnItem& item = now.items[i];
        if (item.rect.isEmpty() || item.opacity <= 0) continue;
        for (std::size_t k = 0; k < area_.size(); ++k) {
            const Rect wrong = intersection(area_[k], item.rect);
            if (wrong.isEmpty()) continue;
            auto take = [&](const Rect& part) {
                const Rect added = boxes_[i].add(snapped(part, item.rect));
                if (!added.isEmpty()) area_.push_back(added);
                return true;
            };
            forVisible(wrong, covers_, firstAbove(covers_, i), take);
        }
    }
    return area_.size() > known;
}

void Damage::find(Size canvas, const DrawnPicture* before, const DrawnPicture& now) {
    canvas_ = {0, 0, canvas.width, canvas.height};
    area_.clear();
    boxes_.resize(std::max(boxes_.size(), now.items.size()));
    for (BoxSet& set : boxes_) set.clear();
    takeCovers(now, covers_);
    const bool isComparable = before != nullptr && before->background == now.background && before->image == now.image;
    if (isComparable) {
        compare(*before, now);
    } else {
        area_.push_back(canvas_);
    }
    while (spread(now)) {
    }
}

}  // namespace tessera
