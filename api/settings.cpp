#include "api/settings.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "mcu/base/log.h"
#include "mcu/scene/layout_catalog.h"

#include "api/upload/upload_target.h"
#include "gpu/gpu_engines.h"
#include "pipelines/rtp/ip_address.h"

namespace tessera {
namespace {

Status checkListen(const std::string& text) {
    TESSERA_TRY(parseListenAddress(text));
    return kOk;
}

Status checkListenOrEmpty(const std::string& text) {
    return text.empty() ? Status(kOk) : checkListen(text);
}

Status checkNotEmpty(const std::string& text) {
    if (text.empty()) return invalidArgument("must not be empty");
    return kOk;
}

Status checkLogLevel(const std::string& text) {
    LogLevel level{};
    if (!parseLogLevel(text, level)) return invalidArgument("must be debug, info, warning or error");
    return kOk;
}

Status checkLayout(const std::string& text) {
    TESSERA_TRY(findLayout(text));
    return kOk;
}

Status checkAddress(const std::string& text) {
    if (!isIpAddress(text)) return invalidArgument("\"" + text + "\" is not an IPv4 or IPv6 address");
    return kOk;
}

Status checkAddressOrEmpty(const std::string& text) {
    return text.empty() ? Status(kOk) : checkAddress(text);
}

Status checkAddressRange(const std::string& text) {
    TESSERA_TRY(IpRange::parse(text));
    return kOk;
}

Status checkIceServer(const std::string& text) {
    TESSERA_TRY(parseIceServer(text));
    return kOk;
}

// RFC 6454 section 6.2: an origin is scheme, host and port, and nothing after them.
Status checkOrigin(const std::string& text) {
    const auto separator = text.find("://");
    const auto scheme = text.substr(0, separator);
    const bool isOrigin = separator != std::string::npos && (scheme == "http" || scheme == "https") &&
                          text.size() > separator + 3 &&
                          text.find_first_of("/ \t\r\n", separator + 3) == std::string::npos;
    if (text != "*" && !isOrigin)
        return invalidArgument("\"" + text + "\" is not an origin such as \"https://a.example\"");
    return kOk;
}

Status checkHostOrRange(const std::string& text) {
    const auto isPart = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
    if (IpRange::parse(text).ok()) return kOk;
    const bool isName = !text.empty() && std::all_of(text.begin(), text.end(), isPart) &&
                        std::any_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    if (!isName) return invalidArgument("\"" + text + "\" is neither a range of addresses nor a host in lower case");
    return kOk;
}

Status checkUploadTarget(const std::string& text) {
    TESSERA_TRY(parseUploadTarget(text));
    return kOk;
}

/// Does not repeat the text, which holds a secret.
Status checkUploadCredential(const std::string& text) {
    const bool isThree = std::count(text.begin(), text.end(), ' ') == 2;
    if (!isThree) return invalidArgument("an entry is \"NAME USER SECRET\"");
    return kOk;
}

Status checkDeleteLocal(const std::string& text) {
    if (text != "never" && text != "verified") return invalidArgument("must be \"never\" or \"verified\"");
    return kOk;
}

Status checkGpuDevices(const std::string& text) {
    TESSERA_TRY(parseGpuDevices(text));
    return kOk;
}

Status checkFolderOrEmpty(const std::string& text) {
    std::error_code error;
    if (!text.empty() && !std::filesystem::is_directory(text, error)) {
        return invalidArgument("\"" + text + "\" is not a folder");
    }
    return kOk;
}

#define TESSERA_FIELD(member) \
    [](Config & c) -> auto& { \
        return c.member;      \
    }

template <typename Field>
using Accessor = Field& (*)(Config&);
using Integer = Accessor<int>;
using Text = Accessor<std::string>;
using List = Accessor<std::vector<std::string>>;

const std::array kSettings = {
    Setting{
        "http", "listen", Text(TESSERA_FIELD(http.listen)),
        "Address and port of the REST API and the page; port 0 picks a free one. Another address than the machine's "
        "own loopback needs a credential in [auth].",
        1, 80, checkListen},
    Setting{"http", "threads", Integer(TESSERA_FIELD(http.threads)),
            "Threads that parse requests of the API; one more reads and writes the sockets of all clients.", 1, 64},
    Setting{"http", "max_header_kb", Integer(TESSERA_FIELD(http.maxHeaderKb)),
            "Largest request line and headers together, in KiB; larger ones are answered with 414 or 431.", 16, 256},
    Setting{"http", "max_body_kb", Integer(TESSERA_FIELD(http.maxBodyKb)),
            "Largest body of a request, in KiB; larger ones are answered with 413.", 16, 4096},
    Setting{"http", "header_timeout_s", Integer(TESSERA_FIELD(http.headerTimeoutS)),
            "Time for the head of a request to arrive; then it is answered with 408.", 1, 600},
    Setting{"http", "body_timeout_s", Integer(TESSERA_FIELD(http.bodyTimeoutS)),
            "Time for the body of a request to arrive; then it is answered with 408.", 1, 600},
    Setting{"http", "idle_timeout_s", Integer(TESSERA_FIELD(http.idleTimeoutS)),
            "Time between two requests of a connection; then it is closed.", 1, 3600},
    Setting{"http", "write_timeout_s", Integer(TESSERA_FIELD(http.writeTimeoutS)),
            "Time for a client to take the next 64 KiB of a reply; then it is cut off.", 1, 600},
    Setting{"http", "connections", Integer(TESSERA_FIELD(http.connections)),
            "Most connections that are open at a time; those beyond are answered with 503. Each takes a descriptor.",
            16, 100000},
    Setting{"http", "connections_per_address", Integer(TESSERA_FIELD(http.connectionsPerAddress)),
            "Most connections of one address (of one /64 with IPv6); those beyond are answered with 503. The machine "
            "itself, where a front proxy runs, may have seven eighths of all.",
            1, 100000},
    Setting{"http", "requests_per_connection", Integer(TESSERA_FIELD(http.requestsPerConnection)),
            "Requests after which a connection is closed.", 1, 1000000},
    Setting{"http", "cors_origins", List(TESSERA_FIELD(http.corsOrigins)),
            "Origins whose pages may call the API from a browser, such as \"https://meet.example.org\"; \"*\" is any.",
            0, 50, checkOrigin},
    Setting{"data", "dir", Text(TESSERA_FIELD(data.dir)),
            "Folder of the database and the recordings; made when missing.", 1, 1000, checkNotEmpty},
    Setting{"log", "level", Text(TESSERA_FIELD(log.level)),
            "The least important lines that are written: debug, info, warning or error.", 1, 10, checkLogLevel},
    Setting{"auth", "jwt_secret", Text(TESSERA_FIELD(auth.jwtSecret)),
            "Secret that signs and checks HS256 tokens; 32 random bytes or more.", 0, 1000, nullptr, true},
    Setting{"auth", "jwks_file", Text(TESSERA_FIELD(auth.jwksFile)),
            "File of public keys (a JWK set) that RS256 and ES256 tokens are checked with.", 0, 1000},
    Setting{"auth", "issuer", Text(TESSERA_FIELD(auth.issuer)), "What `iss` of every token must be.", 1, 200,
            checkNotEmpty},
    Setting{"auth", "audience", Text(TESSERA_FIELD(auth.audience)), "What `aud` of every token must hold.", 1, 200,
            checkNotEmpty},
    Setting{"auth", "api_key", Text(TESSERA_FIELD(auth.apiKey)),
            "An API key with the role admin, to begin with; more are made by `tessera key add`.", 0, 200, nullptr,
            true},
    Setting{"webrtc", "listen", List(TESSERA_FIELD(webrtc.listen)),
            "Addresses of this machine that media uses; empty is every one but those of containers and bridges.", 0, 16,
            checkAddress},
    Setting{"webrtc", "port_min", Integer(TESSERA_FIELD(webrtc.portMin)), "First UDP port of media.", 1024, 65535},
    Setting{"webrtc", "port_max", Integer(TESSERA_FIELD(webrtc.portMax)),
            "Last UDP port of media; every participant needs one port for each address.", 1024, 65535},
    Setting{"webrtc", "public_address", Text(TESSERA_FIELD(webrtc.publicAddress)),
            "Address that clients see when this machine is behind a one-to-one NAT.", 0, 45, checkAddressOrEmpty},
    Setting{
        "webrtc", "ice_servers", List(TESSERA_FIELD(webrtc.iceServers)),
        "STUN and TURN servers that clients are told about: \"stun:host:port\" or \"turn:user:password@host:port\".", 0,
        8, checkIceServer, true},
    Setting{"webrtc", "event_loops", Integer(TESSERA_FIELD(webrtc.eventLoops)),
            "Threads that move the packets of all participants.", 1, 16},
    Setting{"rtp", "listen", Text(TESSERA_FIELD(rtp.listen)),
            "Address of this machine that participants over plain RTP send to; \"::\" takes IPv4 and IPv6.", 1, 45,
            checkAddress},
    Setting{"rtp", "port", Integer(TESSERA_FIELD(rtp.port)),
            "UDP port that all participants over plain RTP share; further event loops take the ports above it. 0 picks "
            "free ones.",
            0, 65520},
    Setting{"rtp", "allow", List(TESSERA_FIELD(rtp.allow)),
            "Ranges of addresses that participants over plain RTP may have, since it is neither encrypted nor "
            "authenticated; empty refuses all.",
            0, 50, checkAddressRange},
    Setting{"rtp", "event_loops", Integer(TESSERA_FIELD(rtp.eventLoops)),
            "Threads that move and decode the packets of all participants over plain RTP.", 1, 16},
    Setting{"rtmp", "listen", Text(TESSERA_FIELD(rtmp.listen)),
            "Address and port that senders such as OBS push to over RTMP, for all meetings, such as \"0.0.0.0:1935\"; "
            "empty = none can.",
            0, 80, checkListenOrEmpty},
    Setting{"media", "canvas_width", Integer(TESSERA_FIELD(media.canvasWidth)),
            "Width of a new meeting's picture in pixels; even.", 160, 3840},
    Setting{"media", "canvas_height", Integer(TESSERA_FIELD(media.canvasHeight)),
            "Height of a new meeting's picture in pixels; even.", 90, 2160},
    Setting{"media", "fps", Integer(TESSERA_FIELD(media.fps)), "Pictures per second of a new meeting.", 1, 60},
    Setting{"media", "layout", Text(TESSERA_FIELD(media.layout)), "Layout of a new meeting.", 1, 64, checkLayout},
    Setting{"media", "video_bitrate_kbps", Integer(TESSERA_FIELD(media.videoBitrateKbps)),
            "Bit rate of one encoded picture.", 100, 50000},
    Setting{"media", "audio_bitrate_kbps", Integer(TESSERA_FIELD(media.audioBitrateKbps)),
            "Bit rate of one encoded sound.", 16, 510},
    Setting{"media", "keyframe_interval_ms", Integer(TESSERA_FIELD(media.keyframeIntervalMs)),
            "Longest time between two keyframes.", 500, 10000},
    Setting{"media", "talkers", Integer(TESSERA_FIELD(media.talkers)),
            "Most voices that a new meeting mixes at a time.", 1, 50},
    Setting{"media", "playout_delay_ms", Integer(TESSERA_FIELD(media.playoutDelayMs)),
            "How far behind its arrival media is shown and heard: less is quicker, more rides out a worse network.", 0,
            1000},
    Setting{"gpu", "devices", Text(TESSERA_FIELD(gpu.devices)),
            "NVIDIA GPUs that decode, compose and encode: \"auto\" is every one, \"none\" leaves all to the CPU, else "
            "their numbers, as in \"0,2\".",
            1, 100, checkGpuDevices},
    Setting{"gpu", "max_decoders", Integer(TESSERA_FIELD(gpu.maxDecoders)),
            "Most sources that one GPU decodes at a time, the rest is decoded on the CPU; 0 decodes nothing on a GPU.",
            0, 1000},
    Setting{"gpu", "memory_mb", Integer(TESSERA_FIELD(gpu.memoryMb)),
            "Most memory for pictures on one GPU; that of its decoders comes on top.", 64, 1048576},
    Setting{"gpu", "reserve_mb", Integer(TESSERA_FIELD(gpu.reserveMb)),
            "Memory to be left free on each GPU: nothing new begins on it below that.", 0, 65536},
    Setting{"recordings", "keep_days", Integer(TESSERA_FIELD(recordings.keepDays)),
            "Days after which a finished recording is deleted; 0 keeps it.", 0, 36500},
    Setting{"recordings", "keep_gb", Integer(TESSERA_FIELD(recordings.keepGb)),
            "Gigabytes that all finished recordings may take together, beyond which the oldest are deleted; 0 is "
            "without limit.",
            0, 1000000},
    Setting{"recordings", "min_free_mb", Integer(TESSERA_FIELD(recordings.minFreeMb)),
            "Megabytes of the disk that recordings leave free: one that runs ends in order, and none begins.", 1,
            1000000},
    Setting{"files", "root", Text(TESSERA_FIELD(files.root)),
            "Folder that sources of the kind file may be read from; empty refuses that kind.", 0, 1000,
            checkFolderOrEmpty},
    Setting{"sources", "allow", List(TESSERA_FIELD(sources.allow)),
            "Hosts and ranges of addresses that sources may come from beside the public internet, such as "
            "\"camera.example.org\" or \"192.168.7.0/24\".",
            0, 100, checkHostOrRange},
    Setting{
        "upload", "targets", List(TESSERA_FIELD(upload.targets)),
        "Where finished recordings go: \"NAME s3 URL region=REGION\" (the URL of a bucket, or of a folder in it) or "
        "\"NAME put URL\" (WebDAV, or whatever else takes a PUT); each of them gets every recording.",
        0, 8, checkUploadTarget},
    Setting{"upload", "credentials", List(TESSERA_FIELD(upload.credentials)),
            "\"NAME USER SECRET\": access key and secret key of an S3 target, user and password of another.", 0, 8,
            checkUploadCredential, true},
    Setting{"upload", "part_mb", Integer(TESSERA_FIELD(upload.partMb)),
            "Size of the parts that larger files are uploaded to S3 in, in MiB; Amazon takes 5 and more.", 1, 1024},
    Setting{"upload", "delete_local", Text(TESSERA_FIELD(upload.deleteLocal)),
            "\"verified\" deletes the local files of a recording once every target was seen to hold the same bytes; "
            "\"never\" keeps them.",
            5, 8, checkDeleteLocal},
    Setting{"webhooks", "allow", List(TESSERA_FIELD(webhooks.allow)),
            "Hosts and ranges of addresses that webhooks may go to beside the public internet, such as "
            "\"hooks.example.org\" or \"10.0.7.0/24\".",
            0, 100, checkHostOrRange},
    Setting{"limits", "meetings", Integer(TESSERA_FIELD(limits.meetings)), "Most meetings that are live at a time.", 1,
            1000},
    Setting{"limits", "participants", Integer(TESSERA_FIELD(limits.participants)),
            "Most participants of a meeting; a meeting may lower it for itself.", 1, 2000},
};

#undef TESSERA_FIELD

}  // namespace

std::span<const Setting> settings() {
    return kSettings;
}

}  // namespace tessera
