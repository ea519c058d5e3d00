// Participants over plain RTP. Prints {"ports": [...]} and then reads from stdin, a line each:
//   to INDEX ADDRESS PORT     where a participant sends to
//   run SECONDS               sends and receives that long, then prints what was counted as one line of JSON
//   quit
//
//   tessera_rtp_client [--bind A] [--participants N] [--talkers N] [--payload-type N] [--level-id N]
//                      [--decode all|last] [--complexity N] [--tones]
//
// The first --talkers participants sing a tone each (300 Hz + 110 Hz * index), the first of them with markers; the
// others send the noise of a quiet room. --tones adds what each decoding participant heard of each talker's tone, in
// dB.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <map>
#include <poll.h>
#include <sstream>
#include <sys/epoll.h>
#include <unistd.h>

#include "tests/support/rtp_client/participant.h"

namespace {

using rtp_client::Participant;

struct Arguments {
    Participant::Settings settings{.bindAddress = "127.0.0.1"};
    int participants = 3, talkers = 3, complexity = 5;
    bool decodesAll = false, tones = false;
};

Arguments parse(int argc, char** argv) {
    Arguments result;
    for (int i = 1; i < argc; ++i) {
        const std::string name = argv[i];
        if (name == "--tones") {
            result.tones = true;
            continue;
        }
        const std::string value = i + 1 < argc ? argv[++i] : "";
        if (name == "--bind")
            result.settings.bindAddress = value;
        else if (name == "--participants")
            result.participants = std::stoi(value);
        else if (name == "--talkers")
            result.talkers = std::stoi(value);
        else if (name == "--payload-type")
            result.settings.payloadType = std::stoi(value);
        else if (name == "--level-id")
            result.settings.levelId = std::stoi(value);
        else if (name == "--complexity")
            result.complexity = std::stoi(value);
        else if (name == "--decode")
            result.decodesAll = value == "all";
        else
            std::exit((std::fprintf(stderr, "unknown option %s\n", name.c_str()), 2));
    }
    return result;
}

double toneOf(int talker) {
    return 300 + 110 * talker;
}

class Swarm {
public:
    explicit Swarm(const Arguments& arguments) : arguments_(arguments) {
        for (int i = 0; i < std::min(arguments.talkers, arguments.participants); ++i) {
            voices_[i] = rtp_client::encode({toneOf(i), 0.1, i == 0}, 2, arguments.complexity);
        }
        voices_[-1] = rtp_client::encode({}, 2, arguments.complexity);
        poller_ = epoll_create1(EPOLL_CLOEXEC);
        for (int i = 0; i < arguments.participants; ++i) add(i);
    }

    std::vector<std::unique_ptr<Participant>> participants;

    void run(double seconds) {
        const double begin = rtp_client::now();
        schedule(begin);
        while (rtp_client::now() - begin < seconds) {
            double now = rtp_client::now();
            for (; due_[next_] <= now; next_ = (next_ + 1) % due_.size()) {
                latest_ = std::max(latest_, now - due_[next_]);
                if (participants[next_]->send()) markerSentAt_ = now;
                due_[next_] += kPacketSeconds;
                now = rtp_client::now();
            }
            receive(std::clamp(static_cast<int>((due_[next_] - now) * 1000), 0, 2));
        }
    }

    std::string report() const {
        std::ostringstream out;
        std::uint64_t sent = 0, received = 0, fewest = UINT64_MAX, lost = 0;
        std::vector<double> delays;
        for (const auto& each : participants) {
            sent += each->sent;
            received += each->received;
            lost += each->lost;
            fewest = std::min(fewest, each->received);
            delays.insert(delays.end(), each->delaysMs.begin(), each->delaysMs.end());
        }
        std::sort(delays.begin(), delays.end());
        out << "{\"sent\": " << sent << ", \"received\": " << received << ", \"received_fewest\": " << fewest
            << ", \"lost\": " << lost << ", \"markers\": " << delays.size()
            << ", \"delay_ms_p50\": " << (delays.empty() ? 0.0 : delays[delays.size() / 2])
            << ", \"latest_ms\": " << latest_ * 1000;
        if (arguments_.tones) out << ", \"tones_db\": " << tones();
        out << "}";
        return out.str();
    }

    void reset() {
        latest_ = 0;
        for (auto& each : participants) {
            each->sent = each->received = each->lost = 0;
            each->delaysMs.clear();
            each->heard.clear();
        }
    }

private:
    static constexpr double kPacketSeconds = static_cast<double>(rtp_client::kPacketSamples) / rtp_client::kRate;

    /// Participants send evenly spread over the time of a packet; their clocks went on since the last run, after which
    /// they were silent for a packet at least.
    void schedule(double begin) {
        const bool isFirst = due_.empty();
        due_.resize(participants.size());
        for (std::size_t i = 0; i < due_.size(); ++i) {
            const double share = static_cast<double>(i) / static_cast<double>(due_.size());
            const double first = begin + kPacketSeconds * (1 + share);
            if (!isFirst) participants[i]->pause(first - due_[i]);
            due_[i] = first;
        }
        next_ = 0;
    }

    void add(int index) {
        auto settings = arguments_.settings;
        settings.decodes = arguments_.decodesAll || index + 1 == arguments_.participants;
        const auto& loop = voices_.at(index < arguments_.talkers ? index : -1);
        participants.push_back(std::make_unique<Participant>(settings, loop, 1000U * static_cast<unsigned>(index + 1)));
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u32 = static_cast<unsigned>(index);
        epoll_ctl(poller_, EPOLL_CTL_ADD, participants.back()->descriptor(), &event);
    }

    void receive(int timeoutMs) {
        std::vector<epoll_event> events(256);
        const int count = epoll_wait(poller_, events.data(), static_cast<int>(events.size()), timeoutMs);
        for (int i = 0; i < count; ++i) {
            participants[events[static_cast<std::size_t>(i)].data.u32]->receive(markerSentAt_);
        }
    }

    std::string tones() const {
        std::ostringstream out;
        out << "[";
        for (std::size_t i = 0; i < participants.size(); ++i) {
            out << (i > 0 ? ", [" : "[");
            const auto& heard = participants[i]->heard;
            const int count = std::min<int>(static_cast<int>(heard.size()), 2 * rtp_client::kRate);
            for (int talker = 0; talker < arguments_.talkers; ++talker) {
                const double amplitude =
                    count == 0 ? 0
                               : rtp_client::amplitudeOf(heard.data() + heard.size() - static_cast<std::size_t>(count),
                                                         count, 1, toneOf(talker));
                out << (talker > 0 ? ", " : "") << 20 * std::log10(std::max(amplitude, 1e-9));
            }
            out << "]";
        }
        out << "]";
        return out.str();
    }

    Arguments arguments_;
    std::map<int, std::vector<rtp_client::Encoded>> voices_;
    int poller_ = -1;
    std::vector<double> due_;  ///< when each sends next
    std::size_t next_ = 0;     ///< who
    double markerSentAt_ = 0, latest_ = 0;
};

void print(const std::string& line) {
    std::cout << line << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
    Swarm swarm(parse(argc, argv));
    std::string ports;
    for (const auto& each : swarm.participants) ports += (ports.empty() ? "" : ", ") + std::to_string(each->port());
    print("{\"ports\": [" + ports + "]}");
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream words(line);
        std::string command, address;
        std::size_t index = 0;
        int port = 0;
        double seconds = 0;
        words >> command;
        if (command == "to" && words >> index >> address >> port && index < swarm.participants.size()) {
            swarm.participants[index]->setDestination(address, port);
        } else if (command == "run" && words >> seconds) {
            swarm.reset();
            swarm.run(seconds);
            print(swarm.report());
        } else {
            return command == "quit" ? 0 : 2;
        }
    }
    return 0;
}
