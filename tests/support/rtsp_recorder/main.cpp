// tessera_rtsp_recorder FILE [USER PASSWORD | --address ADDRESS]: takes H.264 and AAC published to
// rtsp://ADDRESS:PORT/live and writes them to a Matroska file.
#include <cstring>
#include <string>

#include "tests/support/rtsp_server.h"

int main(int argc, char** argv) {
    if (argc != 2 && argc != 4) {
        std::fprintf(stderr, "usage: tessera_rtsp_recorder FILE [USER PASSWORD | --address ADDRESS]\n");
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
    const bool isElsewhere = argc == 4 && std::strcmp(argv[2], "--address") == 0;
    if (isElsewhere) return tessera::serveRtsp(factory, {"/live", "publisher", argv[3]}, nullptr);
    return tessera::serveRtsp(factory, {"/live", "publisher"}, argc == 4 ? argv + 2 : nullptr);
}
