#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <netinet/in.h>
#include <span>
#include <string>
#include <vector>

#include "tests/support/rtp_client/sound.h"

struct OpusDecoder;

namespace rtp_client {

/// Seconds of the machine's monotonic clock.
double now();

/// One participant: a socket, what it says, and what it hears.
class Participant {
public:
    struct Settings {
        std::string bindAddress;
        int payloadType = 111;
        int levelId = 1;  ///< 0 = no audio level extension
        bool decodes = false;
    };

    Participant(const Settings& settings, const std::vector<Encoded>& loop, std::uint32_t ssrc);
    ~Participant();

    int descriptor() const { return descriptor_; }
    int port() const { return port_; }
    void setDestination(const std::string& address, int port);

    /// Nothing is said for a while, and what follows is so much later.
    void pause(double seconds);
    /// Sends the next packet of the loop. @return true when it begins a marker
    bool send();
    /// Takes everything that has arrived.
    /// @param markerSentAt  when the newest marker was sent; 0 = none
    void receive(double markerSentAt);

    std::uint64_t sent = 0, received = 0, lost = 0;
    std::vector<double> delaysMs;  ///< of markers
    std::vector<float> heard;      ///< the newest four seconds, one channel; when it decodes

private:
    void hear(std::span<const std::uint8_t> packet, double arrival, double markerSentAt);
    void lookForMarker(const float* samples, int count, double arrival, double markerSentAt);

    Settings settings_;
    const std::vector<Encoded>& loop_;
    int descriptor_ = -1, port_ = 0;
    sockaddr_in destination_{};
    std::uint16_t sequence_ = 0;
    std::uint32_t timestamp_ = 0, ssrc_;
    std::size_t next_ = 0;
    bool hasHeard_ = false, inMarker_ = false;
    std::uint16_t lastSequence_ = 0;
    OpusDecoder* decoder_ = nullptr;
    std::vector<float> decoded_;
};

}  // namespace rtp_client
