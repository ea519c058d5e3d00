#include "api/handlers/joining.h"

#include <future>

namespace tessera::handlers {

namespace {

/// Longer than Meeting::join takes at most.
constexpr auto kJoinDeadline = std::chrono::seconds(5);

}  // namespace

Result<JoinReply> joinAndWait(Meeting& meeting, JoinSpec spec) {
    auto promise = std::make_shared<std::promise<Result<JoinReply>>>();
    auto future = promise->get_future();
    meeting.join(std::move(spec), [promise](Result<JoinReply> reply) { promise->set_value(std::move(reply)); });
    if (future.wait_for(kJoinDeadline) != std::future_status::ready) {
        return Error{ErrorCode::Timeout, "the peer could not be set up in time", {}};
    }
    return future.get();
}

}  // namespace tessera::handlers
