// tessera_rtsp_recorder FILE [USER PASSWORD]: takes H.264 and AAC published to rtsp://127.0.0.1:PORT/live and writes
// them to a Matroska file. Prints {"port": PORT} once it listens; ends on SIGTERM.
#include <csignal>
#include <cstdio>
#include <glib-unix.h>
#include <gst/rtsp-server/rtsp-server.h>
#include <string>

namespace {

gboolean quit(gpointer loop) {
    g_main_loop_quit(static_cast<GMainLoop*>(loop));
    return G_SOURCE_REMOVE;
}

/// Only who knows the name and the password may publish.
void protect(GstRTSPServer* server, GstRTSPMediaFactory* factory, const char* user, const char* password) {
    GstRTSPAuth* auth = gst_rtsp_auth_new();
    GstRTSPToken* token = gst_rtsp_token_new(GST_RTSP_TOKEN_MEDIA_FACTORY_ROLE, G_TYPE_STRING, "publisher", nullptr);
    gchar* basic = gst_rtsp_auth_make_basic(user, password);
    gst_rtsp_auth_add_basic(auth, basic, token);
    g_free(basic);
    gst_rtsp_token_unref(token);
    gst_rtsp_media_factory_add_role(factory, "publisher", GST_RTSP_PERM_MEDIA_FACTORY_ACCESS, G_TYPE_BOOLEAN, TRUE,
                                    GST_RTSP_PERM_MEDIA_FACTORY_CONSTRUCT, G_TYPE_BOOLEAN, TRUE, nullptr);
    gst_rtsp_server_set_auth(server, auth);
    g_object_unref(auth);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2 && argc != 4) {
        std::fprintf(stderr, "usage: tessera_rtsp_recorder FILE [USER PASSWORD]\n");
        return 2;
    }
    gst_init(nullptr, nullptr);
    GMainLoop* loop = g_main_loop_new(nullptr, FALSE);
    GstRTSPServer* server = gst_rtsp_server_new();
    gst_rtsp_server_set_address(server, "127.0.0.1");
    gst_rtsp_server_set_service(server, "0");

    GstRTSPMediaFactory* factory = gst_rtsp_media_factory_new();
    gst_rtsp_media_factory_set_transport_mode(factory, GST_RTSP_TRANSPORT_MODE_RECORD);
    const std::string pipeline =
        "( rtph264depay name=depay0 ! h264parse ! queue ! matroskamux name=mux streamable=true ! "
        "filesink async=false sync=false location=" +
        std::string(argv[1]) + " rtpmp4gdepay name=depay1 ! aacparse ! queue ! mux. )";
    gst_rtsp_media_factory_set_launch(factory, pipeline.c_str());
    if (argc == 4) protect(server, factory, argv[2], argv[3]);
    GstRTSPMountPoints* mounts = gst_rtsp_server_get_mount_points(server);
    gst_rtsp_mount_points_add_factory(mounts, "/live", factory);
    g_object_unref(mounts);

    if (gst_rtsp_server_attach(server, nullptr) == 0) {
        std::fprintf(stderr, "tessera_rtsp_recorder: no port\n");
        return 1;
    }
    std::printf("{\"port\": %d}\n", gst_rtsp_server_get_bound_port(server));
    std::fflush(stdout);
    g_unix_signal_add(SIGTERM, quit, loop);
    g_main_loop_run(loop);
    g_object_unref(server);
    g_main_loop_unref(loop);
    return 0;
}
