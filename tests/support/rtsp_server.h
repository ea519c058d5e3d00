#pragma once

#include <csignal>
#include <cstdio>
#include <glib-unix.h>
#include <gst/rtsp-server/rtsp-server.h>

namespace tessera {

/// Lets only who knows the name and the password use what the factory makes. @param role  of who does
inline void protect(GstRTSPServer* server, GstRTSPMediaFactory* factory, const char* role, const char* const* secret) {
    GstRTSPAuth* auth = gst_rtsp_auth_new();
    GstRTSPToken* token = gst_rtsp_token_new(GST_RTSP_TOKEN_MEDIA_FACTORY_ROLE, G_TYPE_STRING, role, nullptr);
    gchar* basic = gst_rtsp_auth_make_basic(secret[0], secret[1]);
    gst_rtsp_auth_add_basic(auth, basic, token);
    g_free(basic);
    gst_rtsp_token_unref(token);
    gst_rtsp_media_factory_add_role(factory, role, GST_RTSP_PERM_MEDIA_FACTORY_ACCESS, G_TYPE_BOOLEAN, TRUE,
                                    GST_RTSP_PERM_MEDIA_FACTORY_CONSTRUCT, G_TYPE_BOOLEAN, TRUE, nullptr);
    gst_rtsp_server_set_auth(server, auth);
    g_object_unref(auth);
}

struct RtspPlace {
    const char* path;
    const char* role;  ///< of who knows the secret
    const char* address = "127.0.0.1";
};

/// Serves one place on a free port until SIGTERM; prints {"port": PORT} once it listens.
/// @param secret  name and password; null = everybody may
/// @return        the program's exit code
inline int serveRtsp(GstRTSPMediaFactory* factory, const RtspPlace& place, const char* const* secret) {
    GMainLoop* loop = g_main_loop_new(nullptr, FALSE);
    GstRTSPServer* server = gst_rtsp_server_new();
    gst_rtsp_server_set_address(server, place.address);
    gst_rtsp_server_set_service(server, "0");
    if (secret != nullptr) protect(server, factory, place.role, secret);
    GstRTSPMountPoints* mounts = gst_rtsp_server_get_mount_points(server);
    gst_rtsp_mount_points_add_factory(mounts, place.path, factory);
    g_object_unref(mounts);
    if (gst_rtsp_server_attach(server, nullptr) == 0) {
        std::fprintf(stderr, "no port is free\n");
        return 1;
    }
    std::printf("{\"port\": %d}\n", gst_rtsp_server_get_bound_port(server));
    std::fflush(stdout);
    const auto quit = [](gpointer running) -> gboolean {
        g_main_loop_quit(static_cast<GMainLoop*>(running));
        return G_SOURCE_REMOVE;
    };
    g_unix_signal_add(SIGTERM, quit, loop);
    g_main_loop_run(loop);
    g_object_unref(server);
    g_main_loop_unref(loop);
    return 0;
}

}  // namespace tessera
