#include "api/webhooks/delivery_queue.h"

#include <boost/test/unit_test.hpp>

#include "api/webhooks/webhook_signature.h"

namespace tessera {

BOOST_AUTO_TEST_SUITE(delivery_queue)

namespace {

DeliveryRecord message(const std::string& event, std::int64_t createdAtMs = 0) {
    return {.webhook = {}, .event = event, .body = "{}", .createdAtMs = createdAtMs};
}

}  // namespace

BOOST_AUTO_TEST_CASE(messages_go_one_after_another_in_their_order) {
    DeliveryQueue queue;
    std::vector<DeliveryRecord> dropped;
    BOOST_TEST(queue.begin(0, dropped) == nullptr);
    (void)queue.add(message("a"));
    (void)queue.add(message("b"));
    BOOST_TEST(queue.begin(0, dropped)->event == "a");
    BOOST_TEST(queue.begin(0, dropped) == nullptr);  // the answer is waited for
    BOOST_TEST(queue.settle(204, "", 5)->event == "a");
    BOOST_TEST(queue.begin(5, dropped)->event == "b");
    BOOST_TEST(queue.state().delivered == 1U);
    BOOST_TEST(queue.state().lastStatus == 204);
}

BOOST_AUTO_TEST_CASE(what_fails_stays_in_front_and_is_tried_again_later_and_later) {
    DeliveryQueue queue;
    std::vector<DeliveryRecord> dropped;
    (void)queue.add(message("a"));
    std::int64_t now = 0;
    std::int64_t before = 0;
    for (int attempt = 0; attempt < 5; ++attempt) {
        BOOST_TEST(queue.begin(now, dropped) != nullptr);
        BOOST_TEST(!queue.settle(attempt == 0 ? 302 : 0, "refused", now).has_value());
        const auto pause = *queue.dueMs() - now;
        BOOST_TEST(pause > before);
        before = pause;
        BOOST_TEST(queue.begin(now + pause - 1, dropped) == nullptr);
        now += pause;
    }
    BOOST_TEST(queue.state().failures == 5);
    BOOST_TEST(queue.state().lastError == "refused");
    BOOST_TEST(queue.begin(now, dropped) != nullptr);
    BOOST_TEST(queue.settle(200, "", now).has_value());
    BOOST_TEST(queue.state().failures == 0);
    BOOST_TEST(!queue.dueMs().has_value());
}

BOOST_AUTO_TEST_CASE(old_and_too_many_messages_are_dropped_and_counted) {
    DeliveryQueue queue;
    std::vector<DeliveryRecord> dropped;
    (void)queue.add(message("first"));
    BOOST_TEST(queue.begin(0, dropped)->event == "first");
    std::optional<DeliveryRecord> out;
    for (std::size_t i = 0; i < DeliveryQueue::kMostPending; ++i) out = queue.add(message("m" + std::to_string(i)));
    BOOST_TEST(out->event == "m0");  // the one under way stays
    BOOST_TEST(queue.settle(200, "", 1)->event == "first");
    BOOST_TEST(queue.begin(DeliveryQueue::kLifeMs + 1, dropped) == nullptr);
    BOOST_TEST(dropped.size() == DeliveryQueue::kMostPending - 1);
    BOOST_TEST(queue.state().dropped == DeliveryQueue::kMostPending);
}

BOOST_AUTO_TEST_CASE(a_signature_is_that_of_standard_webhooks) {
    BOOST_TEST(webhookSignature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
                                R"({"test": 2432232314})") == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    const auto secret = createWebhookSecret();
    BOOST_TEST(secret.size() == 6U + 44U);
    BOOST_TEST(secret != createWebhookSecret());
    BOOST_TEST(webhookSignature(secret, "a", 1, "b") != webhookSignature(secret.substr(6), "a", 1, "b"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera
