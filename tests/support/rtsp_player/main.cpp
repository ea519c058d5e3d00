// tessera_rtsp_player [USER PASSWORD]: plays a moving picture (H.264) and a tone (AAC) at rtsp://127.0.0.1:PORT/camera.
#include "tests/support/rtsp_server.h"

int main(int argc, char** argv) {
    gst_init(nullptr, nullptr);
    GstRTSPMediaFactory* factory = gst_rtsp_media_factory_new();
    gst_rtsp_media_factory_set_launch(
        factory,
        "( videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=180,framerate=30/1 ! "
        "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=30 ! rtph264pay name=pay0 pt=96 config-interval=1 "
        "audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels=2 ! avenc_aac ! rtpmp4gpay name=pay1 pt=97 )");
    return tessera::serveRtsp(factory, "/camera", "viewer", argc == 3 ? argv + 1 : nullptr);
}
