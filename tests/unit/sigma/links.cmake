set(LINKS compiler_parse compiler_check compiler_import)
