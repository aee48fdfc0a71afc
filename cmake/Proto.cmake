# Messages: one descriptor set for Python.  The core reads and writes their bytes itself (csrc/io), so it needs no generated code.
file(GLOB_RECURSE TFG_PROTOS RELATIVE "${CMAKE_SOURCE_DIR}/proto" CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/proto/*.proto")
set(TFG_PROTO_PATHS ${TFG_PROTOS})
list(TRANSFORM TFG_PROTO_PATHS PREPEND "${CMAKE_SOURCE_DIR}/proto/")
if(TFG_PROTOS)
    add_custom_command(OUTPUT "${TFG_PACKAGE_DIR}/descriptors.bin"
        COMMAND "${PROTOC}" "--proto_path=${CMAKE_SOURCE_DIR}/proto" "--proto_path=${PROTOBUF_INCLUDE}" --include_imports
            "--descriptor_set_out=${TFG_PACKAGE_DIR}/descriptors.bin" ${TFG_PROTOS}
        DEPENDS ${TFG_PROTO_PATHS} VERBATIM)
    add_custom_target(tfg_descriptors ALL DEPENDS "${TFG_PACKAGE_DIR}/descriptors.bin")
endif()
