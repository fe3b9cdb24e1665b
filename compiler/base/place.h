// Lines and columns, which exist in renderers only.
#pragma once

#include <cstddef>
#include <string>

#include "compiler/base/source.h"

namespace chainhunt {

struct Place {
  std::size_t line = 1, column = 1;  ///< from 1; columns in code points
  std::size_t begin = 0, end = 0;    ///< bytes of the line
};

Place place_of(const std::string& text, std::size_t offset);

}  // namespace chainhunt
