#pragma once

#include <boost/test/unit_test.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "pipelines/outputs/hls/hls_site.h"

namespace tessera {

inline constexpr std::int64_t kNoonMs = 1'763'726'400'000;  // 2025-11-21T12:00:00Z

inline HlsVariant variantOf(int kbps = 2500) {
    HlsVariant variant;
    variant.video.bitrateKbps = kbps;
    variant.nominalKbps = kbps + 128;
    variant.windowSegments = 4;
    return variant;
}

/// A site under a clock of the test, and what it has answered.
struct HlsSiteFixture {
    ManualClock clock;
    HlsSite site{clock, [] { return kNoonMs; }};
    HlsPlace place{"mtg_1", "main", "index"};
    std::map<std::string, std::vector<Result<HlsAnswer>>> answers;

    HlsSite::Ticket get(const std::string& file, std::map<std::string, std::string> query = {}, std::string key = {}) {
        if (key.empty()) key = file;
        answers[key];
        return site.get({place.meeting, place.view, file, std::move(query)},
                        [this, key](Result<HlsAnswer> answer) { answers[key].push_back(std::move(answer)); });
    }
    /// Of a file that is there.
    std::string text(const std::string& file, std::map<std::string, std::string> query = {}) {
        answers.erase(file);
        BOOST_REQUIRE(get(file, std::move(query)) == 0U);
        BOOST_REQUIRE(answers[file].size() == 1U);
        BOOST_REQUIRE_MESSAGE(answers[file][0].ok(), file);
        return *answers[file][0].value().body;
    }
    std::string error(const std::string& file, std::map<std::string, std::string> query = {}) {
        answers.erase(file);
        if (get(file, std::move(query)) != 0U) return "waits";
        return answers[file][0].ok() ? "" : std::string(toString(answers[file][0].error().code));
    }
    std::size_t answered(const std::string& key) { return answers[key].size(); }
};

inline void addPart(HlsPublication& stream, bool isIndependent = false, std::size_t bytes = 10,
                    Duration duration = Duration(333'333'333)) {
    BOOST_REQUIRE(stream.onPart({duration, isIndependent, std::make_shared<const std::string>(bytes, 'x')}).ok());
}

/// Six parts of a third of a second.
inline void addSegment(HlsPublication& stream, int index, bool isDiscontinuous = false, std::size_t bytes = 10) {
    stream.onSegmentBegin(MediaTime(std::chrono::seconds(2 * index)), isDiscontinuous);
    for (int i = 0; i < 6; ++i) addPart(stream, i == 0, bytes, i == 5 ? Duration(333'333'335) : Duration(333'333'333));
    stream.onSegmentEnd();
}

inline std::unique_ptr<HlsPublication> publish(HlsSiteFixture& f, const HlsVariant& variant) {
    auto stream = f.site.publish(f.place, variant);
    BOOST_REQUIRE(stream.ok());
    (*stream)->onInitialization(std::make_shared<const std::string>("init"), "avc1.42C01F,mp4a.40.2");
    return std::move(stream).value();
}

inline std::size_t count(const std::string& text, const std::string& what) {
    std::size_t found = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
    return found;
}

/// Without the random tag in the names.
inline std::string plain(std::string text, const std::string& stem) {
    for (auto at = text.find(stem + "-"); at != std::string::npos; at = text.find(stem + "-", at + 1)) {
        text.erase(at + stem.size(), 9);
    }
    return text;
}

/// The name that stands behind `before` in a playlist, up to a quote or the end of the line.
inline std::string nameAfter(const std::string& text, const std::string& before) {
    const auto at = text.find(before);
    BOOST_REQUIRE(at != std::string::npos);
    const auto begin = at + before.size();
    return text.substr(begin, text.find_first_of("\"\n", begin) - begin);
}

inline constexpr const char* kMedia = "index_720p_2500k.m3u8";

}  // namespace tessera
