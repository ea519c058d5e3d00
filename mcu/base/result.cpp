#include "mcu/base/result.h"

namespace tessera {

std::string_view toString(ErrorCode code) {
    switch (code) {
        case ErrorCode::InvalidArgument: return "invalid_argument";
        case ErrorCode::Unauthorized: return "unauthorized";
        case ErrorCode::Forbidden: return "forbidden";
        case ErrorCode::NotFound: return "not_found";
        case ErrorCode::Conflict: return "conflict";
        case ErrorCode::Unsupported: return "unsupported";
        case ErrorCode::Capacity: return "capacity";
        case ErrorCode::Unreachable: return "unreachable";
        case ErrorCode::Timeout: return "timeout";
        case ErrorCode::Device: return "device";
        case ErrorCode::Internal: return "internal";
    }
    return "internal";
}

int httpStatus(ErrorCode code) {
    switch (code) {
        case ErrorCode::InvalidArgument: return 400;
        case ErrorCode::Unauthorized: return 401;
        case ErrorCode::Forbidden: return 403;
        case ErrorCode::NotFound: return 404;
        case ErrorCode::Conflict: return 409;
        case ErrorCode::Unsupported: return 422;
        case ErrorCode::Capacity: return 503;
        case ErrorCode::Unreachable: return 502;
        case ErrorCode::Timeout: return 504;
        case ErrorCode::Device: return 500;
        case ErrorCode::Internal: return 500;
    }
    return 500;
}

}  // namespace tessera
