# pytfgraph/_core: the binding, linked to the libtfgraph.so beside it.
file(GLOB TFG_PYTHON_SOURCES CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/csrc/python/*.c")
if(TFG_PYTHON_SOURCES AND TARGET tfgraph)
    Python_add_library(tfg_extension MODULE WITH_SOABI ${TFG_PYTHON_SOURCES})
    set_target_properties(tfg_extension PROPERTIES OUTPUT_NAME _core C_VISIBILITY_PRESET hidden
        LIBRARY_OUTPUT_DIRECTORY "${TFG_PACKAGE_DIR}" BUILD_RPATH "$ORIGIN" BUILD_WITH_INSTALL_RPATH ON
        INSTALL_RPATH "$ORIGIN")
    get_target_property(python_headers Python::Module INTERFACE_INCLUDE_DIRECTORIES)
    target_include_directories(tfg_extension PRIVATE "${CMAKE_SOURCE_DIR}/csrc" "${CMAKE_SOURCE_DIR}/csrc/include")
    target_include_directories(tfg_extension SYSTEM PRIVATE ${python_headers} "${NUMPY_INCLUDE}")
    target_compile_options(tfg_extension PRIVATE ${TFG_FLAGS} ${TFG_PLAIN_FLAGS})
    target_compile_definitions(tfg_extension PRIVATE NPY_NO_DEPRECATED_API=NPY_1_22_API_VERSION)
    target_link_libraries(tfg_extension PRIVATE tfgraph)
endif()
