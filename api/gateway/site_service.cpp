#include "api/gateway/site_service.h"

#include <boost/asio/steady_timer.hpp>

#include "api/gateway/representation.h"
#include "api/gateway/request_target.h"
#include "api/timestamp.h"

namespace tessera {

namespace {

constexpr std::string_view kPrefix = "/hls/";

/// One request that is under way.
struct Asked {
    explicit Asked(boost::asio::io_context& loop) : deadline(loop) {}
    boost::asio::steady_timer deadline;
    std::function<void()> cancel;
    SiteService::Answer answer;

    /// True for the first who ends it.
    bool end() {
        if (isEnded) return false;
        isEnded = true;
        deadline.cancel();
        return true;
    }
    bool isEnded = false;
};

Reply toReply(SiteReply found, const HttpRequest& request, std::vector<std::pair<std::string, std::string>> headers) {
    for (auto& header : headers) found.head.headers.push_back(std::move(header));
    if (found.head.status != 200) return std::move(found.head);
    auto representation = found.body ? inMemory(std::move(found.head), std::move(found.body)) : inMemory(found.head);
    return replyWith(std::move(representation), request, wallClockMs() / 1000);
}

}  // namespace

std::optional<SiteRequest> readSiteRequest(const std::string& path, const std::string& target) {
    if (!path.starts_with(kPrefix)) return std::nullopt;
    const auto view = path.find('/', kPrefix.size());
    const auto file = view == std::string::npos ? view : path.find('/', view + 1);
    if (file == std::string::npos || path.find('/', file + 1) != std::string::npos) return std::nullopt;
    SiteRequest wanted;
    wanted.meeting = path.substr(kPrefix.size(), view - kPrefix.size());
    wanted.view = path.substr(view + 1, file - view - 1);
    wanted.file = path.substr(file + 1);
    if (wanted.meeting.empty() || wanted.view.empty() || wanted.file.empty()) return std::nullopt;
    if (!readQuery(target, wanted.query)) return std::nullopt;
    return wanted;
}

std::function<void()> SiteService::ask(const SiteRequest& wanted, std::shared_ptr<const HttpRequest> request,
                                       std::vector<std::pair<std::string, std::string>> headers, Answer answer) {
    const auto asked = std::make_shared<Asked>(loop_);
    asked->answer = std::move(answer);
    asked->deadline.expires_after(DeferredSite::kDeadline);
    asked->deadline.async_wait([asked](boost::system::error_code error) {
        if (error || !asked->end()) return;
        if (asked->cancel) asked->cancel();
        asked->answer(Reply(problemResponse(Error{ErrorCode::Capacity, "it did not come in time", {}})));
    });
    // Weakly: the site may hold this for longer than the loop lives, which the timer must not outlive.
    auto onAnswer = [weak = std::weak_ptr(asked), handle = handle_, request,
                     headers = std::move(headers)](SiteReply found) {
        handle->post([weak, request, headers, found = std::move(found)]() mutable {
            const auto waiting = weak.lock();
            if (waiting && waiting->end()) waiting->answer(toReply(std::move(found), *request, headers));
        });
    };
    asked->cancel = site_->ask(wanted, std::move(onAnswer));
    return [asked] {
        if (!asked->end()) return;
        if (asked->cancel) asked->cancel();
    };
}

std::string GrantCache::keyOf(const SiteRequest& wanted, const HttpRequest& request) {
    std::string key = wanted.meeting;
    for (const auto* name : {"authorization", "origin", "host"}) key += "\n" + std::string(request.header(name));
    return key;
}

const HttpResponse* GrantCache::find(const std::string& key) const {
    const auto found = grants_.find(key);
    return found == grants_.end() || clock_.now() > found->second.until ? nullptr : &found->second.head;
}

void GrantCache::add(const std::string& key, HttpResponse head) {
    if (grants_.size() >= kGrants) grants_.clear();
    grants_[key] = {clock_.now() + kLife, std::move(head)};
}

}  // namespace tessera
