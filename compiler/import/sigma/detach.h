// A tree whose places point into YAML -> the same tree with places in a text that is yet to be written, so that the
// formatter can print it: it looks into the text for comments and for what its author had on one line.
#pragma once

#include <string>

#include "compiler/syntax/syntax.h"

namespace chainhunt::sigma {

struct Detached {
  syntax::File file;  ///< id 0
  std::string text;   ///< line breaks only: nothing stood on one line, and there are no comments
};
Detached detach(syntax::File file);

}  // namespace chainhunt::sigma
