#pragma once

#include <chrono>
#include <condition_variable>
#include <gst/gst.h>
#include <memory>
#include <mutex>
#include <string>

#include "tests/support/whip_client/received_media.h"

namespace webrtc_client {

/// What a client sends and wants.
struct SessionSettings {
    bool sends = true;
    bool receives = true;
    std::string codec = "vp8";     ///< vp8 | h264
    std::string clip;              ///< a file to send in place of the test picture and tone; any container, looped not
    bool passesClip = false;       ///< the clip is WebM with VP8 and Opus, and goes out as it is
    bool hasAudio = true;          ///< of what is sent without a clip, or from a clip that is encoded anew
    bool decodes = true;           ///< false: what is received is thrown away, which costs next to nothing
    std::string pattern = "ball";  ///< of videotestsrc
    int toneHz = 440;
    int width = 640, height = 360, fps = 30;
    int videoKbps = 800;
};

/// One RTCPeerConnection that offers. Every call blocks for at most a few seconds; failures are std::runtime_error.
/// @thread one
class Session {
public:
    explicit Session(SessionSettings settings);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// @return the offer with all candidates
    std::string createOffer();
    void setAnswer(const std::string& sdp);
    /// "new", "connecting", "connected", "disconnected", "failed" or "closed"
    std::string connectionState() const;
    bool waitConnected(std::chrono::milliseconds deadline) const;
    /// Waits until this much has been received. @return false at the deadline
    bool waitForMedia(std::uint64_t frames, std::uint64_t audioSamples, std::chrono::milliseconds deadline) const;
    Received received() const { return media_->snapshot(); }
    /// Asks our own encoder for nothing, the other side for a keyframe: PLI.
    void requestKeyframe();

private:
    void buildSender();
    void addReceivingTransceivers();
    void onPad(GstPad* pad);
    static std::string describeLocal(GstElement* webrtc);

    SessionSettings settings_;
    std::shared_ptr<ReceivedMedia> media_ = std::make_shared<ReceivedMedia>();
    GstElement* pipeline_ = nullptr;
    GstElement* webrtc_ = nullptr;  ///< borrowed from the pipeline
};

}  // namespace webrtc_client
