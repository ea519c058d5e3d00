// tessera_rtsp_recorder FILE [USER PASSWORD]: takes H.264 and AAC published to rtsp://127.0.0.1:PORT/live and writes
// them to a Matroska file.
#include <string>

#include "tests/support/rtsp_server.h"

int main(int argc, char** argv) {
    if (argc != 2 && argc != 4) {
        std::fprintf(stderr, "usage: tessera_rtsp_recorder FILE [USER PASSWORD]\n");
        return 2;
    }
    gst_init(nullptr, nullptr);
    GstRTSPMediaFactory* factory = gst_rtsp_media_factory_new();
    gst_rtsp_media_factory_set_transport_mode(factory, GST_RTSP_TRANSPORT_MODE_RECORD);
    const std::string pipeline =
        "( rtph264depay name=depay0 ! h264parse ! queue ! matroskamux name=mux streamable=true ! "
        "filesink async=false sync=false location=" +
        std::string(argv[1]) + " rtpmp4gdepay name=depay1 ! aacparse ! queue ! mux. )";
    gst_rtsp_media_factory_set_launch(factory, pipeline.c_str());
    return tessera::serveRtsp(factory, "/live", "publisher", argc == 4 ? argv + 2 : nullptr);
}
