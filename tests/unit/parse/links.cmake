set(LINKS compiler_parse compiler_syntax compiler_base)
