set(LINKS compiler_lint compiler_parse)
