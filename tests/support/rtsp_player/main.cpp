// tessera_rtsp_player [USER PASSWORD] [--address ADDRESS] [--file FILE CODEC]: plays a moving picture (H.264) and
// a tone (AAC) at rtsp://ADDRESS:PORT/camera, or the pictures of a Matroska file (h264, h265) as they are.
#include <cstring>
#include <string>

#include "tests/support/rtsp_server.h"

namespace {

constexpr const char* kCamera =
    "( videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=180,framerate=30/1 ! "
    "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=30 ! rtph264pay name=pay0 pt=96 config-interval=1 "
    "audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=2 ! avenc_aac ! rtpmp4gpay name=pay1 pt=97 )";

std::string playing(const std::string& file, const std::string& codec) {
    // Asked for parameter sets, payloaders would put them before every slice of a keyframe.
    return "( filesrc location=\"" + file + "\" ! matroskademux ! " + codec + "parse config-interval=-1 ! rtp" + codec +
           "pay name=pay0 pt=96 )";
}

}  // namespace

int main(int argc, char** argv) {
    gst_init(nullptr, nullptr);
    std::string launch = kCamera;
    const char* address = "127.0.0.1";
    const bool isProtected = argc > 2 && argv[1][0] != '-';
    for (int i = 1; i + 1 < argc; ++i) {
        if (std::strcmp(argv[i], "--address") == 0) address = argv[i + 1];
        if (std::strcmp(argv[i], "--file") == 0 && i + 2 < argc) launch = playing(argv[i + 1], argv[i + 2]);
    }
    GstRTSPMediaFactory* factory = gst_rtsp_media_factory_new();
    gst_rtsp_media_factory_set_launch(factory, launch.c_str());
    return tessera::serveRtsp(factory, {"/camera", "viewer", address}, isProtected ? argv + 1 : nullptr);
}
