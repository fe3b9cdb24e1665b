set(LINKS runtime_match compiler_codegen)
