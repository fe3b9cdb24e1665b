// The documentation of every code that `chainhunt check` can report: of the language's errors and of the checks.
#pragma once

#include <span>
#include <string>

#include "compiler/base/renderer.h"

namespace chainhunt::lint {

/// All pages, sorted by code.
std::span<const CodeText> pages();

/// Null if there is none.
const CodeText* page_of(const std::string& code);

/// Whether a code is a check's, and not the language's.
bool is_check(const std::string& code);

/// One page as Markdown: `docs/lints/CODE.md`, `check --explain CODE`.
std::string page(const CodeText& code);

/// The list of all pages, with links.
std::string index_page();

}  // namespace chainhunt::lint
