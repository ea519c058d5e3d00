#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mcu/base/result.h"

#include "api/addresses.h"

namespace tessera {

/// Everything that can be configured, with its defaults. One field here and one row in `settings()` make a setting.
struct Config {
    struct Http {
        std::string listen = "127.0.0.1:8080";
        int threads = 2;
        int maxHeaderKb = 32;
        int maxBodyKb = 256;
        int headerTimeoutS = 20;
        int bodyTimeoutS = 30;
        int idleTimeoutS = 60;
        int writeTimeoutS = 30;
        int connections = 4096;
        int connectionsPerAddress = 1024;
        int requestsPerConnection = 1000;
        std::vector<std::string> corsOrigins;
    } http;
    struct Storage {
        std::string dir = "data";
    } data;
    struct Log {
        std::string level = "info";
    } log;
    struct Auth {
        std::string jwtSecret;
        std::string jwksFile;
        std::string issuer = "tessera";
        std::string audience = "tessera";
        std::string apiKey;
    } auth;
    struct WebRtc {
        std::vector<std::string> listen;
        int portMin = 50000;
        int portMax = 59999;
        std::string publicAddress;
        std::vector<std::string> iceServers;
        int eventLoops = 2;
    } webrtc;
    struct Rtp {
        std::string listen = "0.0.0.0";
        int port = 0;
        std::vector<std::string> allow{"127.0.0.0/8",   "::1/128",        "10.0.0.0/8",
                                       "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"};
        int eventLoops = 1;
    } rtp;
    struct Rtmp {
        std::string listen;
    } rtmp;
    struct Media {
        int canvasWidth = 1280;
        int canvasHeight = 720;
        int fps = 30;
        std::string layout = "grid";
        int videoBitrateKbps = 2500;
        int audioBitrateKbps = 64;
        int keyframeIntervalMs = 2000;
        int talkers = 8;
        int playoutDelayMs = 80;
    } media;
    struct Gpu {
        std::string devices = "auto";
        int maxDecoders = 64;
        int memoryMb = 8192;
        int reserveMb = 512;
    } gpu;
    struct Files {
        std::string root;
    } files;
    struct Sources {
        std::vector<std::string> allow;
    } sources;
    struct Recording {
        int keepDays = 0;
        int keepGb = 0;
        int minFreeMb = 200;
    } recordings;
    struct Upload {
        std::vector<std::string> targets;
        std::vector<std::string> credentials;
        int partMb = 16;
        std::string deleteLocal = "never";
    } upload;
    struct WebhookRules {
        std::vector<std::string> allow;
    } webhooks;
    struct Limits {
        int meetings = 50;
        int participants = 200;
    } limits;

    /// True when the configuration holds something that callers can prove knowledge of.
    bool hasSecret() const { return !auth.jwtSecret.empty() || !auth.jwksFile.empty() || !auth.apiKey.empty(); }
};

/// Finds the value of an environment variable; tests pass their own.
using EnvironmentLookup = std::function<std::optional<std::string>(const std::string& name)>;

/// Reads the file (defaults when `path` is empty), then the environment on top of it, and checks the whole.
///
/// @error invalid_argument: `field` is the key at fault, "section.key", and the message names it: not TOML, an unknown
///        key (the message offers the nearest known one), a wrong type, out of range, an exposed server without secret;
///        not_found: the file cannot be read
Result<Config> loadConfig(const std::string& path, const EnvironmentLookup& environment);

/// As loadConfig, of a text of at most 1 MiB.
Result<Config> parseConfig(std::string_view toml, const EnvironmentLookup& environment);

/// What is allowed but probably not meant, a sentence each, for the log.
std::vector<std::string> configWarnings(const Config& config);

/// A sentence for each environment variable that looks like a setting (TESSERA_, a section, a key) and is none. Not an
/// error, since container platforms set variables of their own.
/// @param names  of all variables that begin with TESSERA_
std::vector<std::string> environmentWarnings(const std::vector<std::string>& names);

}  // namespace tessera
