// Many viewers of one low-latency HLS output in one thread, as cheap as can be: bodies of media are dropped in the
// kernel. Each has two connections, as hls.js in a browser has: one for blocking reloads of the playlist, one for
// parts.
//
//   hls_viewers PORT PLAYLIST VIEWERS WARM_S MEASURE_S [TOKENS]   low latency; TOKENS: a file, one per viewer and line
//   hls_viewers PORT PLAYLIST VIEWERS WARM_S MEASURE_S poll PART  asks for two files of a static server, all at a time,
//                                                                 three times a second
//
// Prints "measuring" when the viewers are warm, and one object of JSON at the end.
#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <netinet/tcp.h>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

constexpr double kPeriodMs = 1000.0 / 3;
/// A viewer without a new part for this long has stalled.
constexpr double kStallMs = 3000;
/// What Chromium sends.
constexpr const char* kHeaders =
    " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: keep-alive\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
    "Safari/537.36\r\n"
    "sec-ch-ua: \"Chromium\";v=\"140\", \"Not=A?Brand\";v=\"24\"\r\nsec-ch-ua-mobile: ?0\r\n"
    "sec-ch-ua-platform: \"Linux\"\r\nAccept: */*\r\nOrigin: http://127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
    "Sec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\nReferer: http://127.0.0.1/watch\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: en-GB,en;q=0.9\r\n\r\n";

double nowMs() {
    timespec time{};
    clock_gettime(CLOCK_REALTIME, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

/// What the newest line of a playlist says.
struct Edge {
    std::string part;        ///< its name
    std::string next;        ///< "_HLS_msn=5&_HLS_part=2"
    double publishedMs = 0;  ///< when its last picture was made, by the programme date-time
};

std::string_view between(std::string_view text, std::string_view before, char end, std::size_t from) {
    const auto begin = text.find(before, from) + before.size();
    return text.substr(begin, text.find(end, begin) - begin);
}

double dateMs(std::string_view text) {
    std::tm parts{};
    const char* rest = strptime(std::string(text).c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
    const auto dot = text.find('.');
    return rest == nullptr
               ? 0
               : static_cast<double>(timegm(&parts)) * 1e3 + std::atof(std::string(text.substr(dot)).c_str()) * 1e3;
}

/// @return whether it lists parts
bool readEdge(std::string_view playlist, Edge& edge) {
    const auto hint = playlist.rfind("#EXT-X-PRELOAD-HINT"), last = playlist.rfind("#EXT-X-PART:");
    if (hint == std::string_view::npos || last == std::string_view::npos) return false;
    edge.part = between(playlist, "URI=\"", '"', last);
    const auto name = between(playlist, "URI=\"", '"', hint);
    const auto stem = name.substr(0, name.find(".m4s"));
    const auto dash = stem.rfind('-'), dot = stem.rfind('.');
    edge.next = "_HLS_msn=" + std::string(stem.substr(dash + 1, dot - dash - 1)) +
                "&_HLS_part=" + std::string(stem.substr(dot + 1));
    const auto date = playlist.rfind("#EXT-X-PROGRAM-DATE-TIME:", last);
    edge.publishedMs = dateMs(between(playlist, "DATE-TIME:", '\n', date));
    for (auto part = playlist.find("#EXT-X-PART:", date); part <= last;
         part = playlist.find("#EXT-X-PART:", part + 1)) {
        edge.publishedMs += std::atof(std::string(between(playlist, "DURATION=", ',', part)).c_str()) * 1e3;
    }
    return true;
}

struct Totals {
    std::uint64_t playlists = 0, parts = 0, playlistBytes = 0, partBytes = 0, errors = 0, reconnects = 0, stalls = 0,
                  skipped = 0;
    std::vector<float> reloads, media;  ///< ms since publication, when the last byte came
    std::map<int, int> statuses;
};

struct Viewer;

/// One connection, one request at a time.
struct Link {
    int fd = -1;
    Viewer* viewer = nullptr;
    bool isPlaylist = false, isBusy = false, hasHead = false, closes = false;
    int status = 0;
    std::string text;  ///< head; the body, too, of a playlist
    std::size_t left = 0, bytes = 0;
    double since = 0;     ///< publication of what is asked for
    std::string pending;  ///< target that is asked for
};

struct Viewer {
    Link playlist, media;
    Edge edge;
    std::string base, token;  ///< of targets
    double lastPartMs = 0;
    std::string queued;  ///< a part that is to be asked for next
    double queuedSince = 0;
};

class Load {
public:
    Load(int port, std::string playlist, std::string poll) : playlist_(std::move(playlist)), poll_(std::move(poll)) {
        address_.sin_family = AF_INET;
        address_.sin_port = htons(static_cast<std::uint16_t>(port));
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        epoll_ = epoll_create1(0);
    }

    void run(std::size_t viewers, const std::vector<std::string>& tokens, double warmMs, double measureMs) {
        const double begin = nowMs();
        for (std::size_t i = 0; i < viewers; ++i) add(i < tokens.size() ? tokens[i] : std::string());
        for (auto& viewer : viewers_) isPolling() ? void() : start(*viewer);
        double tick = begin;
        while (nowMs() < begin + warmMs + measureMs) {
            const double now = nowMs();
            if (!isMeasuring_ && now >= begin + warmMs) beginMeasuring();
            if (isPolling() && now >= tick) {
                pollAll(tick);
                tick += kPeriodMs;
            }
            const double wake = isPolling() ? tick - now : 10;
            wait(std::max(0, std::min(10, static_cast<int>(std::ceil(wake)))));
        }
        for (const auto& viewer : viewers_) totals_.stalls += nowMs() - viewer->lastPartMs > kStallMs ? 1U : 0U;
        print(measureMs);
    }

private:
    bool isPolling() const { return !poll_.empty(); }

    void beginMeasuring() {
        isMeasuring_ = true;
        totals_ = Totals();
        for (auto& viewer : viewers_) viewer->lastPartMs = std::max(viewer->lastPartMs, nowMs());
        std::cout << "measuring" << std::endl;
    }

    void add(const std::string& token) {
        auto viewer = std::make_unique<Viewer>();
        viewer->base = playlist_.substr(0, playlist_.rfind('/') + 1);
        viewer->token = token;
        viewer->playlist.isPlaylist = true;
        for (Link* link : {&viewer->playlist, &viewer->media}) {
            link->viewer = viewer.get();
            connect(*link);
        }
        viewers_.push_back(std::move(viewer));
    }

    void connect(Link& link) {
        if (link.fd >= 0) close(link.fd);
        link.fd = socket(AF_INET, SOCK_STREAM, 0);
        const int yes = 1;
        setsockopt(link.fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        if (::connect(link.fd, reinterpret_cast<const sockaddr*>(&address_), sizeof address_) != 0) {
            std::cerr << "cannot connect: " << std::strerror(errno) << "\n";
            std::exit(1);
        }
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = &link;
        epoll_ctl(epoll_, EPOLL_CTL_ADD, link.fd, &event);
        link.isBusy = link.hasHead = link.closes = false;
        link.text.clear();
    }

    void start(Viewer& viewer) {
        ask(viewer.playlist, playlist_ + (viewer.token.empty() ? "" : "?token=" + viewer.token), 0);
    }

    void ask(Link& link, const std::string& target, double since) {
        link.isBusy = true;
        link.hasHead = false;
        link.since = since;
        link.pending = target;
        const std::string request = "GET " + target + kHeaders;
        if (send(link.fd, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
            fail(link);
    }

    void pollAll(double since) {
        for (auto& viewer : viewers_) {
            if (viewer->playlist.isBusy || viewer->media.isBusy) {
                ++totals_.skipped;
                continue;
            }
            ask(viewer->playlist, playlist_, since);
        }
    }

    void askPart(Viewer& viewer, const std::string& target, double since) {
        if (viewer.media.isBusy) {
            totals_.skipped += viewer.queued.empty() ? 0U : 1U;
            viewer.queued = target;
            viewer.queuedSince = since;
            return;
        }
        ask(viewer.media, target, since);
    }

    void wait(int limitMs) {
        epoll_event events[256];
        const int count = epoll_wait(epoll_, events, 256, limitMs);
        for (int i = 0; i < count; ++i) read(*static_cast<Link*>(events[i].data.ptr));
    }

    void fail(Link& link) {
        ++totals_.errors;
        again(link);
    }

    void again(Link& link) {
        connect(link);
        Viewer& viewer = *link.viewer;
        if (link.isPlaylist && !isPolling()) start(viewer);
    }

    void read(Link& link) {
        const bool drops = link.hasHead && !link.isPlaylist;
        const ssize_t got = drops ? recv(link.fd, nullptr, link.left, MSG_TRUNC | MSG_DONTWAIT)
                                  : recv(link.fd, buffer_, sizeof buffer_, MSG_DONTWAIT);
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0) {
            if (link.isBusy) return fail(link);
            ++totals_.reconnects;
            return again(link);
        }
        link.bytes += static_cast<std::size_t>(got);
        if (drops) {
            link.left -= static_cast<std::size_t>(got);
        } else if (!take(link, {buffer_, static_cast<std::size_t>(got)})) {
            return;
        }
        if (link.left == 0) done(link);
    }

    /// @return whether the head is complete
    bool take(Link& link, std::string_view bytes) {
        link.text += bytes;
        if (link.hasHead) {
            link.left -= bytes.size();
            return true;
        }
        const auto end = link.text.find("\r\n\r\n");
        if (end == std::string::npos) return false;
        link.hasHead = true;
        link.bytes = link.text.size();
        link.status = std::atoi(link.text.c_str() + 9);
        link.closes = link.text.find("onnection: close") < end;
        link.left =
            static_cast<std::size_t>(std::atoll(std::string(between(link.text, "ontent-Length: ", '\r', 0)).c_str()));
        link.text.erase(0, end + 4);
        link.left -= link.text.size();
        return true;
    }

    void done(Link& link) {
        const double now = nowMs();
        Viewer& viewer = *link.viewer;
        ++totals_.statuses[link.status];
        const std::string text = std::move(link.text);
        link.text.clear();
        link.isBusy = false;
        link.hasHead = false;
        if (link.status != 200) ++totals_.errors;
        const bool isGood = link.status == 200;
        if (link.closes) {
            ++totals_.reconnects;
            connect(link);
        }
        if (link.isPlaylist) {
            totals_.playlistBytes += link.bytes;
            ++totals_.playlists;
            isPolling() ? polled(viewer, link.since, now) : isGood ? reloaded(viewer, text, now) : start(viewer);
            return;
        }
        totals_.partBytes += link.bytes;
        ++totals_.parts;
        viewer.lastPartMs = now;
        if (isMeasuring_) totals_.media.push_back(static_cast<float>(now - link.since));
        if (!viewer.queued.empty()) ask(viewer.media, std::exchange(viewer.queued, {}), viewer.queuedSince);
    }

    void polled(Viewer& viewer, double since, double now) {
        if (isMeasuring_) totals_.reloads.push_back(static_cast<float>(now - since));
        askPart(viewer, poll_, since);
    }

    void reloaded(Viewer& viewer, const std::string& text, double now) {
        if (text != lastText_) {
            Edge edge;
            if (!readEdge(text, edge)) {
                ++totals_.errors;
                return start(viewer);
            }
            lastText_ = text;
            lastEdge_ = edge;
        }
        viewer.edge = lastEdge_;
        if (isMeasuring_) totals_.reloads.push_back(static_cast<float>(now - viewer.edge.publishedMs));
        askPart(viewer, viewer.base + viewer.edge.part, viewer.edge.publishedMs);
        ask(viewer.playlist,
            playlist_ + "?" + viewer.edge.next + (viewer.token.empty() ? "" : "&token=" + viewer.token), 0);
    }

    static double quantile(std::vector<float>& values, double q) {
        if (values.empty()) return 0;
        const auto at = values.begin() + static_cast<std::ptrdiff_t>(q * static_cast<double>(values.size() - 1));
        std::nth_element(values.begin(), at, values.end());
        return static_cast<double>(*at);
    }

    void print(double measuredMs) {
        const auto times = [](std::vector<float>& values) {
            char text[128];
            std::snprintf(text, sizeof text, R"({"least":%.2f,"p50":%.2f,"p99":%.2f,"most":%.2f})", quantile(values, 0),
                          quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1));
            return std::string(text);
        };
        timespec cpu{};
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
        std::cout << "{\"seconds\":" << measuredMs / 1e3 << ",\"playlists\":" << totals_.playlists
                  << ",\"parts\":" << totals_.parts << ",\"playlist_bytes\":" << totals_.playlistBytes
                  << ",\"part_bytes\":" << totals_.partBytes << ",\"errors\":" << totals_.errors
                  << ",\"reconnects\":" << totals_.reconnects << ",\"stalls\":" << totals_.stalls
                  << ",\"skipped\":" << totals_.skipped << ",\"reload\":" << times(totals_.reloads)
                  << ",\"media\":" << times(totals_.media)
                  << ",\"cpu\":" << static_cast<double>(cpu.tv_sec) + static_cast<double>(cpu.tv_nsec) / 1e9
                  << ",\"statuses\":{";
        const char* comma = "";
        for (const auto& [status, count] : totals_.statuses)
            std::cout << std::exchange(comma, ",") << "\"" << status << "\":" << count;
        std::cout << "}}" << std::endl;
    }

    const std::string playlist_, poll_;
    sockaddr_in address_{};
    int epoll_ = -1;
    bool isMeasuring_ = false;
    std::vector<std::unique_ptr<Viewer>> viewers_;
    Totals totals_;
    std::string lastText_;
    Edge lastEdge_;
    char buffer_[64 * 1024];
};

}  // namespace

int main(int count, char** arguments) {
    if (count < 6) return 2;
    std::signal(SIGPIPE, SIG_IGN);
    const bool polls = count == 8 && std::string_view(arguments[6]) == "poll";
    std::vector<std::string> tokens;
    if (count == 7) {
        std::ifstream file(arguments[6]);
        for (std::string line; std::getline(file, line);) tokens.push_back(line);
    }
    const auto load = std::make_unique<Load>(std::atoi(arguments[1]), arguments[2], polls ? arguments[7] : "");
    load->run(static_cast<std::size_t>(std::atoi(arguments[3])), tokens, std::atof(arguments[4]) * 1e3,
              std::atof(arguments[5]) * 1e3);
    return 0;
}
