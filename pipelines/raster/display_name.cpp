#include "pipelines/raster/display_name.h"

#include <glib.h>
#include <memory>

namespace tessera {

namespace {

/// No label is wide enough for more.
constexpr int kMaximumCharacters = 256;

constexpr const char* kZeroWidthNonJoiner = "\u200C";

void append(std::string& text, gunichar character) {
    char bytes[6];
    text.append(bytes, static_cast<std::size_t>(g_unichar_to_utf8(character, bytes)));
}

/// The letter at `position` as a capital, with the marks that stand on it.
std::string initialAt(const char* position) {
    std::string initial;
    append(initial, g_unichar_totitle(g_utf8_get_char(position)));
    for (const char* next = g_utf8_next_char(position); g_unichar_ismark(g_utf8_get_char(next));
         next = g_utf8_next_char(next)) {
        append(initial, g_utf8_get_char(next));
    }
    return initial;
}

}  // namespace

std::string toDisplayName(std::string_view text) {
    const std::unique_ptr<char, decltype(&g_free)> valid(
        g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())), g_free);
    std::string name;
    bool needsSpace = false;
    int characters = 0;
    for (const char* at = valid.get(); *at != '\0' && characters < kMaximumCharacters; at = g_utf8_next_char(at)) {
        const gunichar character = g_utf8_get_char(at);
        if (g_unichar_isspace(character) || g_unichar_iscntrl(character)) {
            needsSpace = !name.empty();
            continue;
        }
        if (needsSpace) name += ' ';
        needsSpace = false;
        append(name, character);
        ++characters;
    }
    return name;
}

std::string toInitials(const std::string& displayName) {
    std::string first, last;
    bool atWordStart = true;
    for (const char* at = displayName.c_str(); *at != '\0'; at = g_utf8_next_char(at)) {
        const gunichar character = g_utf8_get_char(at);
        if (atWordStart && g_unichar_isalnum(character)) {
            (first.empty() ? first : last) = initialAt(at);
        }
        atWordStart = character == ' ';
    }
    // Arabic letters would join to what reads as a word.
    const bool joins = !last.empty() && g_unichar_get_script(g_utf8_get_char(last.c_str())) == G_UNICODE_SCRIPT_ARABIC;
    return first + (joins ? kZeroWidthNonJoiner : "") + last;
}

}  // namespace tessera
