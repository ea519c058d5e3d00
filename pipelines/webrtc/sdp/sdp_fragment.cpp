#include "pipelines/webrtc/sdp/sdp_fragment.h"

#include "pipelines/webrtc/sdp/sdp_attributes.h"

namespace tessera {

namespace {

/// The lines of one level: the session, or one m-line.
struct Level {
    std::string mid;
    SdpTransportLines lines;
};

Result<std::vector<Level>> readLevels(const std::vector<SdpLine>& lines) {
    std::vector<Level> levels(1);
    for (const SdpLine& line : lines) {
        // A client may leave out m= and begin an m-line's part with a=mid.
        const bool mid = line.type == 'a' && line.attribute() == "mid";
        if (line.type == 'm' || (mid && (levels.size() == 1 || !levels.back().mid.empty()))) {
            if (levels.size() > SdpLimits::kMediaLines) return line.error("too many m-lines");
            levels.emplace_back();
        }
        if (line.type != 'a') continue;
        if (mid) {
            if (!isSdpToken(line.argument())) return line.error("malformed a=mid");
            levels.back().mid = line.argument();
        }
        if (line.value == "candidate:") continue;  // an end of candidates as some browsers spell it
        TESSERA_TRY(readTransportLine(line, levels.back().lines));
    }
    return levels;
}

}  // namespace

Result<SdpFragment> parseSdpFragment(std::string_view body) {
    const auto lines = splitSdp(body);
    if (!lines.ok()) return lines.error();
    auto levels = readLevels(*lines);
    if (!levels.ok()) return levels.error();
    SdpFragment fragment;
    for (Level& level : *levels) {
        SdpTransport& transport = level.lines.transport;
        if (fragment.iceUfrag.empty()) fragment.iceUfrag = transport.iceUfrag;
        if (fragment.icePwd.empty()) fragment.icePwd = transport.icePwd;
        if (transport.candidates.empty() && !transport.endOfCandidates) continue;
        fragment.media.push_back({level.mid, std::move(transport.candidates), transport.endOfCandidates});
    }
    return fragment;
}

}  // namespace tessera
