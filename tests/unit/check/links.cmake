set(LINKS compiler_check compiler_parse compiler_plan)
