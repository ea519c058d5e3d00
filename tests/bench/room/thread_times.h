#pragma once

#include <map>
#include <string>

namespace tessera {

/// CPU seconds of this process' threads so far, by what they do: decode, encode, composite, mix, control, feed (the
/// benchmark's own), other.
std::map<std::string, double> threadTimes();

}  // namespace tessera
