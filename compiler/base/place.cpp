#include "compiler/base/place.h"

#include <algorithm>
#include <string_view>

#include "runtime/base/text.h"

namespace chainhunt {

Place place_of(const std::string& text, std::size_t offset) {
  Place place;
  offset = std::min(offset, text.size());
  place.line += static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
  const std::size_t before = offset == 0 ? std::string::npos : text.rfind('\n', offset - 1);
  place.begin = before == std::string::npos ? 0 : before + 1;
  place.end = std::min(text.find('\n', offset), text.size());
  place.column += base::count_code_points(std::string_view(text).substr(place.begin, offset - place.begin));
  return place;
}

}  // namespace chainhunt
