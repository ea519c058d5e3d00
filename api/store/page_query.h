#pragma once

#include <charconv>
#include <string>
#include <utility>

#include "api/store/database.h"
#include "api/store/records.h"

namespace tessera {

/// A list in the order of the column `seq`, which no row ever changes, so that pages neither repeat nor miss rows.
struct PageQuery {
    std::string columns;  ///< after `seq`
    std::string table;
    std::string filter;  ///< "column = ?"; empty = all rows
    std::string filterValue;
    bool newestFirst = false;
};

namespace page_query {

inline constexpr int kMaximumLimit = 200;

/// @error invalid_argument
inline Result<std::int64_t> parseCursor(const PageRequest& page) {
    if (page.limit < 1 || page.limit > kMaximumLimit) return invalidArgument("limit must be 1 to 200", "limit");
    if (page.cursor.empty()) return std::int64_t{0};
    std::int64_t value = 0;
    const auto* end = page.cursor.data() + page.cursor.size();
    const auto [at, error] = std::from_chars(page.cursor.data(), end, value);
    if (error != std::errc() || at != end || value <= 0) return invalidArgument("cursor is not one of ours", "cursor");
    return value;
}

inline void bindFilter(SQLite::Statement& statement, const PageQuery& query) {
    if (!query.filter.empty()) statement.bind(":filter", query.filterValue);
}

}  // namespace page_query

/// @param read  makes an item of the current row; column 0 is `seq`
template <typename T, typename Read>
Result<Page<T>> readPage(Database& database, const PageQuery& query, const PageRequest& request, Read read) {
    const auto cursor = page_query::parseCursor(request);
    if (!cursor) return cursor.error();
    const std::string matching = query.filter.empty() ? "1" : query.filter + " = :filter";
    const std::string beyond = *cursor == 0 ? "1" : query.newestFirst ? "seq < :cursor" : "seq > :cursor";
    Page<T> page;
    SQLite::Statement count(database.handle(), "SELECT count(*) FROM " + query.table + " WHERE " + matching);
    page_query::bindFilter(count, query);
    if (count.executeStep()) page.total = count.getColumn(0).getInt64();
    SQLite::Statement rows(database.handle(), "SELECT seq, " + query.columns + " FROM " + query.table + " WHERE " +
                                                  matching + " AND " + beyond + " ORDER BY seq " +
                                                  (query.newestFirst ? "DESC" : "ASC") + " LIMIT :limit");
    page_query::bindFilter(rows, query);
    if (*cursor != 0) rows.bind(":cursor", *cursor);
    rows.bind(":limit", request.limit + 1);
    std::int64_t last = 0;
    while (rows.executeStep()) {
        if (static_cast<int>(page.items.size()) == request.limit) {
            page.nextCursor = std::to_string(last);
            break;
        }
        last = rows.getColumn(0).getInt64();
        page.items.push_back(read(rows));
    }
    return page;
}

}  // namespace tessera
