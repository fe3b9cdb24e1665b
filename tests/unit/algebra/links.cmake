set(LINKS compiler_algebra compiler_check compiler_parse)
