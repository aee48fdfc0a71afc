# tests/c/test_*.c, each a program over the core's objects, so that internals are in reach; then examples/c/*.c, which
# see the public header and the shared library only.
file(GLOB TFG_C_TESTS CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tests/c/test_*.c")
if(TFG_C_TESTS AND TFG_OBJECTS)
    add_library(tfg_static STATIC ${TFG_OBJECTS})
    set_target_properties(tfg_static PROPERTIES LINKER_LANGUAGE C)
    foreach(test IN LISTS TFG_C_TESTS)
        get_filename_component(name "${test}" NAME_WE)
        add_executable(${name} "${test}")
        set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
        target_include_directories(${name} PRIVATE "${csrc}" "${csrc}/include" "${CMAKE_SOURCE_DIR}/tests/c")
        target_compile_options(${name} PRIVATE ${TFG_FLAGS} -O1 -Wno-missing-prototypes -Wno-float-conversion
            -Wno-unused-function -Wno-format-truncation)
        target_link_libraries(${name} PRIVATE tfg_static ${TFG_LINK_LIBRARIES})
    endforeach()
endif()

file(GLOB TFG_C_EXAMPLES CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/examples/c/*.c")
if(TARGET tfgraph)
    foreach(example IN LISTS TFG_C_EXAMPLES)
        get_filename_component(name "${example}" NAME_WE)
        add_executable(example_${name} "${example}")
        set_target_properties(example_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/examples"
            OUTPUT_NAME ${name} BUILD_RPATH "${TFG_PACKAGE_DIR}")
        target_include_directories(example_${name} PRIVATE "${csrc}/include")
        target_compile_options(example_${name} PRIVATE -O2 ${TFG_WARNINGS})
        target_link_libraries(example_${name} PRIVATE tfgraph)
    endforeach()
endif()
