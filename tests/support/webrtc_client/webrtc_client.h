#pragma once

#include <cstdint>
#include <gst/gst.h>
#include <memory>
#include <string>
#include <vector>

#include "received_media.h"

namespace tessera::test {

/// How a client behaves.
struct WebRtcClientOptions {
    bool sendsVideo = false, sendsAudio = false;
    bool receives = false;
    std::string codec = "vp8";  ///< vp8 | h264
    std::string clip;           ///< a WebM or IVF file with VP8, looped, instead of a test picture that is encoded
    int toneHz = 440;
    int width = 640, height = 360;
    bool falsifiesFingerprint = false;
};

/// An independent WebRTC peer on GStreamer's webrtcbin, for tests alone: it shares no code with the product. Loopback
/// only. Offers; the caller carries offer and answer.
class WebRtcClient {
public:
    explicit WebRtcClient(WebRtcClientOptions options);
    /// Vanishes: says goodbye to nobody.
    ~WebRtcClient();
    WebRtcClient(const WebRtcClient&) = delete;
    WebRtcClient& operator=(const WebRtcClient&) = delete;

    /// Gathers for at most two seconds. @return the offer with its candidates; empty when webrtcbin makes none
    std::string createOffer();
    void setAnswer(const std::string& sdp);

    /// Waits until ICE and DTLS are up. @return false when `seconds` passed
    bool waitConnected(double seconds);
    bool isConnected() const;

    const ReceivedMedia& received() const { return *received_; }
    ReceivedMedia& received() { return *received_; }

private:
    void addSender(const std::string& description, const char* name);
    void addReceiver(const char* caps);
    std::string videoSource() const;
    void startClip();
    static void onPadAdded(GstElement* webrtc, GstPad* pad, gpointer self);
    static void onStateChanged(GObject* object, GParamSpec* spec, gpointer self);
    void receive(GstPad* pad);

    WebRtcClientOptions options_;
    std::shared_ptr<ReceivedMedia> received_;
    GstElement* pipeline_ = nullptr;
    GstElement* webrtc_ = nullptr;
    mutable GMutex mutex_{};
    GCond changed_{};
    struct Clip;
    std::unique_ptr<Clip> clip_;
};

}  // namespace tessera::test
