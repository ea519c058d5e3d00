#include "tests/support/rtp_client/participant.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <opus/opus.h>
#include <sys/socket.h>
#include <unistd.h>

namespace rtp_client {
namespace {

constexpr int kStep = 120;  // 2.5 ms, in which a marker is looked for
constexpr double kMarkerThreshold = 0.08;
constexpr std::size_t kHeard = 4 * kRate;

void put16(std::uint8_t* to, unsigned value) {
    to[0] = static_cast<std::uint8_t>(value >> 8U);
    to[1] = static_cast<std::uint8_t>(value);
}

void put32(std::uint8_t* to, std::uint32_t value) {
    put16(to, value >> 16U);
    put16(to + 2, value & 0xFFFFU);
}

}  // namespace

double now() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

Participant::Participant(const Settings& settings, const std::vector<Encoded>& loop, std::uint32_t ssrc)
    : settings_(settings), loop_(loop), ssrc_(ssrc), next_(ssrc % loop.size()) {
    descriptor_ = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    inet_pton(AF_INET, settings.bindAddress.c_str(), &address.sin_addr);
    socklen_t size = sizeof(address);
    if (bind(descriptor_, reinterpret_cast<sockaddr*>(&address), size) != 0) {
        std::perror("bind");
        std::exit(1);
    }
    getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    if (!settings.decodes) return;
    int error = OPUS_OK;
    decoder_ = opus_decoder_create(kRate, 2, &error);
    decoded_.resize(2 * 5760);
}

Participant::~Participant() {
    if (decoder_ != nullptr) opus_decoder_destroy(decoder_);
    close(descriptor_);
}

void Participant::setDestination(const std::string& address, int port) {
    destination_.sin_family = AF_INET;
    destination_.sin_port = htons(static_cast<std::uint16_t>(port));
    inet_pton(AF_INET, address.c_str(), &destination_.sin_addr);
}

void Participant::pause(double seconds) {
    timestamp_ += static_cast<std::uint32_t>(std::lround(seconds * kRate));
}

bool Participant::send() {
    const Encoded& encoded = loop_[next_];
    next_ = (next_ + 1) % loop_.size();
    std::array<std::uint8_t, 1500> packet{};
    const bool hasLevel = settings_.levelId != 0;
    packet[0] = hasLevel ? 0x90 : 0x80;
    packet[1] = static_cast<std::uint8_t>(settings_.payloadType);
    put16(&packet[2], sequence_++);
    put32(&packet[4], timestamp_);
    put32(&packet[8], ssrc_);
    std::size_t size = 12;
    if (hasLevel) {  // RFC 8285 section 4.2, RFC 6464 section 3
        put16(&packet[12], 0xBEDE);
        put16(&packet[14], 1);
        packet[16] = static_cast<std::uint8_t>(settings_.levelId << 4);
        packet[17] = static_cast<std::uint8_t>(encoded.levelDbov | (encoded.levelDbov < 50 ? 0x80 : 0));
        size = 20;
    }
    std::copy(encoded.payload.begin(), encoded.payload.end(), packet.begin() + static_cast<std::ptrdiff_t>(size));
    size += encoded.payload.size();
    timestamp_ += kPacketSamples;
    if (sendto(descriptor_, packet.data(), size, 0, reinterpret_cast<sockaddr*>(&destination_), sizeof(destination_)) >
        0) {
        ++sent;
    }
    return encoded.isMarker;
}

void Participant::receive(double markerSentAt) {
    std::array<std::uint8_t, 2048> packet;
    for (;;) {
        const auto size = recv(descriptor_, packet.data(), packet.size(), 0);
        if (size < 0) return;
        const bool isRtcp = size > 1 && packet[1] >= 192 && packet[1] <= 223;
        if (size < 12 || isRtcp) continue;
        hear({packet.data(), static_cast<std::size_t>(size)}, now(), markerSentAt);
    }
}

void Participant::hear(std::span<const std::uint8_t> packet, double arrival, double markerSentAt) {
    ++received;
    const auto sequence = static_cast<std::uint16_t>(packet[2] << 8U | packet[3]);
    if (hasHeard_) {
        const auto gap = static_cast<std::uint16_t>(sequence - lastSequence_);
        if (gap > 1 && gap < 1000) lost += gap - 1U;
    }
    hasHeard_ = true;
    lastSequence_ = sequence;
    if (decoder_ == nullptr) return;
    std::size_t head = 12 + 4U * (packet[0] & 0x0FU);
    if ((packet[0] & 0x10U) != 0 && packet.size() >= head + 4) {
        head += 4 + 4U * static_cast<std::size_t>(packet[head + 2] << 8U | packet[head + 3]);
    }
    if (head >= packet.size()) return;
    const int frames = opus_decode_float(decoder_, packet.data() + head, static_cast<int>(packet.size() - head),
                                         decoded_.data(), 5760, 0);
    if (frames <= 0) return;
    for (int i = 0; i < frames; ++i) heard.push_back(decoded_[static_cast<std::size_t>(2 * i)]);
    if (heard.size() > kHeard) heard.erase(heard.begin(), heard.end() - static_cast<std::ptrdiff_t>(kHeard));
    lookForMarker(decoded_.data(), frames, arrival, markerSentAt);
}

/// The time from sending the packet that a marker begins with to the arrival of its first sound, as if both were played
/// from the beginning of their packets.
void Participant::lookForMarker(const float* samples, int count, double arrival, double markerSentAt) {
    for (int at = 0; at + kStep <= count; at += kStep) {
        const bool isMarker = amplitudeOf(samples + 2 * at, kStep, 2, kMarkerHz) > kMarkerThreshold;
        if (isMarker && !inMarker_ && markerSentAt > 0) {
            const double offsetMs = 1000.0 * at / kRate;
            delaysMs.push_back(1000 * (arrival - markerSentAt) + offsetMs - kLookaheadMs);
        }
        inMarker_ = isMarker;
    }
}

}  // namespace rtp_client
