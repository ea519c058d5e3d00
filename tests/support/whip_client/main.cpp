// A WebRTC peer for tests: offers by WHIP or WHEP, sends a test picture and tone (or a clip), decodes what comes back
// and says what it saw and heard.

#include <chrono>
#include <cstdio>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/whip_client/signalling.h"
#include "tests/support/whip_client/webrtc_session.h"

namespace webrtc_client {
namespace {

constexpr const char* kUsage =
    "tessera_webrtc_client --whip URL | --whep URL [--token T] [--codec vp8|h264] [--seconds N] [--tone HZ]\n"
    "  [--pattern NAME] [--size WxH] [--kbps N] [--send test|clip] [--clip FILE] [--measure HZ,HZ,...]\n"
    "  [--pass-clip] [--video-only] [--no-decode] [--send-only] [--falsify-fingerprint] [--cycles N] [--json]\n"
    "Prints what was received, as JSON, on stdout. Exit status: 0 connected, 1 not, 2 wrong usage.\n";

struct Options {
    std::string url, token;
    SessionSettings session;
    double seconds = 5;
    std::vector<double> tones;
    bool falsifies = false;
    int cycles = 1;
};

std::vector<double> numbers(const std::string& text) {
    std::vector<double> result;
    std::stringstream stream(text);
    for (std::string item; std::getline(stream, item, ',');) result.push_back(std::stod(item));
    return result;
}

void applyOption(Options& options, const std::string& name, const std::string& value) {
    auto& session = options.session;
    if (name == "--whip" || name == "--whep") {
        options.url = value;
        session.sends = name == "--whip";
    } else if (name == "--token") {
        options.token = value;
    } else if (name == "--codec") {
        session.codec = value;
    } else if (name == "--seconds") {
        options.seconds = std::stod(value);
    } else if (name == "--tone") {
        session.toneHz = std::stoi(value);
    } else if (name == "--pattern") {
        session.pattern = value;
    } else if (name == "--kbps") {
        session.videoKbps = std::stoi(value);
    } else if (name == "--clip") {
        session.clip = value;
    } else if (name == "--measure") {
        options.tones = numbers(value);
    } else if (name == "--cycles") {
        options.cycles = std::stoi(value);
    } else if (name == "--size") {
        if (std::sscanf(value.c_str(), "%dx%d", &session.width, &session.height) != 2) {
            throw std::invalid_argument(value);
        }
    } else if (name != "--send") {
        throw std::invalid_argument(name);
    }
}

Options parse(int count, char** arguments) {
    Options options;
    for (int i = 1; i < count; ++i) {
        const std::string name = arguments[i];
        if (name == "--json") continue;
        if (name == "--send-only") {
            options.session.receives = false;
        } else if (name == "--no-decode") {
            options.session.decodes = false;
        } else if (name == "--video-only") {
            options.session.hasAudio = false;
        } else if (name == "--pass-clip") {
            options.session.passesClip = true;
        } else if (name == "--falsify-fingerprint") {
            options.falsifies = true;
        } else if (i + 1 < count) {
            applyOption(options, name, arguments[++i]);
        } else {
            throw std::invalid_argument(name);
        }
    }
    if (options.url.empty()) throw std::invalid_argument("--whip or --whep");
    return options;
}

/// Changes the first byte of every a=fingerprint, so that our certificate does not fit.
std::string falsified(std::string sdp) {
    static const std::string kPrefix = "a=fingerprint:sha-256 ";
    for (auto at = sdp.find(kPrefix); at != std::string::npos; at = sdp.find(kPrefix, at + 1)) {
        auto& digit = sdp[at + kPrefix.size()];
        digit = digit == 'A' ? 'B' : 'A';
    }
    return sdp;
}

std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        if (c == '\n') {
            result += "\\n";
        } else if (static_cast<unsigned char>(c) >= 0x20) {
            result += c;
        }
    }
    return result + "\"";
}

struct Outcome {
    Reply reply;
    bool connected = false;
    std::string state = "new", error;
    Received received;
};

Outcome runOnce(const Options& options) {
    Outcome outcome;
    Session session(options.session);
    std::string offer = session.createOffer();
    if (options.falsifies) offer = falsified(offer);
    outcome.reply = post(options.url, options.token, offer);
    if (outcome.reply.status != 201) {
        outcome.error = "the server answered " + std::to_string(outcome.reply.status) + ": " + outcome.reply.body;
        return outcome;
    }
    session.setAnswer(outcome.reply.body);
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(options.seconds);
    while (std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        outcome.connected = outcome.connected || session.connectionState() == "connected";
    }
    outcome.state = session.connectionState();
    outcome.received = session.received();
    if (!outcome.reply.location.empty()) remove(outcome.reply.location, options.token);
    return outcome;
}

void print(const Options& options, const Outcome& outcome, int connectedCycles) {
    const auto& received = outcome.received;
    std::cout << "{\"status\": " << outcome.reply.status
              << ", \"connected\": " << (outcome.connected ? "true" : "false")
              << ", \"state\": " << quoted(outcome.state) << ", \"cycles\": " << options.cycles
              << ", \"cycles_connected\": " << connectedCycles
              << ", \"media_flowed\": " << (received.frames > 0 || received.audioSamples > 0 ? "true" : "false")
              << ", \"frames\": " << received.frames << ", \"width\": " << received.width
              << ", \"height\": " << received.height << ", \"mean_luma\": " << received.meanLuma
              << ", \"motion\": " << received.motion << ", \"fields\": [";
    for (std::size_t i = 0; i < received.fields.size(); ++i) std::cout << (i ? ", " : "") << received.fields[i];
    std::cout << "], \"audio_samples\": " << received.audioSamples << ", \"tones\": {";
    for (std::size_t i = 0; i < options.tones.size(); ++i) {
        std::cout << (i ? ", " : "") << '"' << options.tones[i]
                  << "\": " << toneAmplitude(received.newestAudio, options.tones[i]);
    }
    std::cout << "}, \"error\": " << (outcome.error.empty() ? "null" : quoted(outcome.error)) << "}" << std::endl;
}

int run(const Options& options) {
    Outcome last;
    int connected = 0;
    for (int i = 0; i < options.cycles; ++i) {
        try {
            last = runOnce(options);
        } catch (const std::runtime_error& error) {
            last = {};
            last.error = error.what();
        }
        if (last.connected) ++connected;
    }
    print(options, last, connected);
    return connected == options.cycles ? 0 : 1;
}

}  // namespace
}  // namespace webrtc_client

int main(int count, char** arguments) {
    try {
        return webrtc_client::run(webrtc_client::parse(count, arguments));
    } catch (const std::invalid_argument& error) {
        std::cerr << "wrong argument: " << error.what() << "\n" << webrtc_client::kUsage;
        return 2;
    }
}
