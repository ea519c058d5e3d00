#pragma once

#include <memory>
#include <srtp2/srtp.h>
#include <vector>

#include "mcu/base/check.h"

#include "pipelines/webrtc/srtp/srtp_session.h"

namespace tessera::test {

/// The other end of a connection: libsrtp with the same keys.
class LibSrtpSession {
public:
    explicit LibSrtpSession(const SrtpKeys& keys)
        : outbound_(open(keys.profile, keys.local, ssrc_any_outbound)),
          inbound_(open(keys.profile, keys.remote, ssrc_any_inbound)) {}

    bool protectRtp(std::vector<std::uint8_t>& packet) { return run(&srtp_protect, outbound_.get(), packet); }
    bool protectRtcp(std::vector<std::uint8_t>& packet) { return run(&srtp_protect_rtcp, outbound_.get(), packet); }
    /// @return the plain packet; empty when it is refused
    std::vector<std::uint8_t> unprotectRtp(std::vector<std::uint8_t> packet) {
        run(&srtp_unprotect, inbound_.get(), packet);
        return packet;
    }
    std::vector<std::uint8_t> unprotectRtcp(std::vector<std::uint8_t> packet) {
        run(&srtp_unprotect_rtcp, inbound_.get(), packet);
        return packet;
    }

private:
    using Function = srtp_err_status_t (*)(srtp_t, void*, int*);
    struct Deleter {
        void operator()(srtp_t context) const { srtp_dealloc(context); }
    };
    using ContextPtr = std::unique_ptr<srtp_ctx_t, Deleter>;

    static ContextPtr open(SrtpProfile profile, std::vector<std::uint8_t> key, srtp_ssrc_type_t direction) {
        static const srtp_err_status_t initialised = srtp_init();
        static_cast<void>(initialised);  // another library of the process may have called it before
        srtp_policy_t policy{};
        if (profile == SrtpProfile::AeadAes128Gcm) {
            srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
            srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
        } else {
            srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
            srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
        }
        policy.ssrc.type = direction;
        policy.key = key.data();
        policy.window_size = 2048;
        policy.allow_repeat_tx = 1;
        srtp_t context = nullptr;
        TESSERA_CHECK(srtp_create(&context, &policy) == srtp_err_status_ok);
        return ContextPtr(context);
    }

    static bool run(Function function, srtp_t context, std::vector<std::uint8_t>& packet) {
        auto length = static_cast<int>(packet.size());
        packet.resize(packet.size() + 64);
        const bool isOk = function(context, packet.data(), &length) == srtp_err_status_ok;
        packet.resize(isOk ? static_cast<std::size_t>(length) : 0);
        return isOk;
    }

    ContextPtr outbound_, inbound_;
};

}  // namespace tessera::test
