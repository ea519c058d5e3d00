#pragma once

#include <memory>
#include <string>

#include "mcu/base/result.h"

#include "api/config.h"

namespace tessera {

/// The composition root: makes everything that serves, wires it, and takes it down in order.
class Server {
public:
    /// Opens the store, loads the meetings, listens.
    /// @error invalid_argument (`field` names the key): the configuration cannot be used; conflict without a field: the
    ///        address is in use
    /// @thread main
    static Result<std::unique_ptr<Server>> create(const Config& config);
    virtual ~Server() = default;

    /// "http://127.0.0.1:8080", with the port that was bound.
    virtual std::string url() const = 0;

    /// Finishes recordings, closes peers, writes what is to be kept. May be called twice.
    /// @error timeout: a disk does not answer, and threads wait for it: the process must end without destroying the
    ///        server. What they did is taken up at the next start
    virtual Status stop() = 0;
};

}  // namespace tessera
