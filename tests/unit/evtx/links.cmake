set(LINKS runtime_evtx runtime_input)
