#pragma once

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>
#include <memory>
#include <string>
#include <utility>

#include "mcu/base/result.h"

namespace tessera {

/// The database file, open and with the newest schema. Not thread-safe: one thread uses it.
class Database {
public:
    /// @error invalid_argument (`field` "data.dir"): cannot be opened, or has a schema of a newer version
    static Result<std::unique_ptr<Database>> open(const std::string& path);

    SQLite::Database& handle() { return handle_; }

private:
    explicit Database(const std::string& path);
    SQLite::Database handle_;
};

/// What a failure of SQLite means for a caller.
/// @source sqlite.org, Result and Error Codes
Error toError(const SQLite::Exception& exception);

/// Runs a function that uses the database and turns its exceptions into errors.
template <typename Function>
auto guarded(Function function) -> decltype(function()) {
    try {
        return function();
    } catch (const SQLite::Exception& exception) {
        return toError(exception);
    }
}

}  // namespace tessera
