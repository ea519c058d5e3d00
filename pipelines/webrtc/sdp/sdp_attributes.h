#pragma once

#include "pipelines/webrtc/sdp/sdp_offer.h"
#include "pipelines/webrtc/sdp/sdp_text.h"

namespace tessera {

/// What the a= lines at one level say of transport; `fingerprintSeen` also when it was not of sha-256.
struct SdpTransportLines {
    SdpTransport transport;
    bool fingerprintSeen = false;
};

/// Reads an a= line about ICE or DTLS; others are left alone.
Status readTransportLine(const SdpLine& line, SdpTransportLines& into);

/// Reads "m=": kind, port, protocol and formats.
Result<SdpMedia> readMediaLine(const SdpLine& line);

/// Reads an a= line of an m-line about its codecs, extensions, direction or names; others are left alone.
Status readMediaAttribute(const SdpLine& line, SdpMedia& media);

/// The direction that an attribute of this name says, if it is one.
std::optional<SdpDirection> parseDirection(std::string_view attribute);

}  // namespace tessera
