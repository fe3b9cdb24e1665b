set(LINKS compiler_plan runtime_interp)
