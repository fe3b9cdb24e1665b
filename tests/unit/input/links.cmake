set(LINKS runtime_input)
