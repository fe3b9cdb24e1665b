set(LINKS runtime_value PkgConfig::ZLIB)
