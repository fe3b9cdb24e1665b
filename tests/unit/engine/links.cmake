set(LINKS runtime_engine)
set(EXTRA_SOURCES ${CMAKE_SOURCE_DIR}/tests/oracle/naive.cpp ${CMAKE_SOURCE_DIR}/tests/oracle/naive_matches.cpp)
