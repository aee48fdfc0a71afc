# Messages: protobuf-c code for the core (static in libtfgraph.so) and one descriptor set for Python.
file(GLOB_RECURSE TFG_PROTOS RELATIVE "${CMAKE_SOURCE_DIR}/proto" CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/proto/*.proto")
set(TFG_PROTO_DIR "${CMAKE_BINARY_DIR}/proto")
file(MAKE_DIRECTORY "${TFG_PROTO_DIR}")
set(TFG_PROTO_C "")
set(TFG_PROTO_PATHS "")
foreach(proto IN LISTS TFG_PROTOS)
    string(REGEX REPLACE "\\.proto$" "" stem "${proto}")
    set(generated "${TFG_PROTO_DIR}/${stem}.pb-c.c" "${TFG_PROTO_DIR}/${stem}.pb-c.h")
    add_custom_command(OUTPUT ${generated}
        COMMAND "${PROTOC_C}" "--proto_path=${CMAKE_SOURCE_DIR}/proto" "--proto_path=${PROTOBUF_INCLUDE}"
            "--c_out=${TFG_PROTO_DIR}" "${proto}"
        DEPENDS "${CMAKE_SOURCE_DIR}/proto/${proto}" VERBATIM)
    list(APPEND TFG_PROTO_C ${generated})
    list(APPEND TFG_PROTO_PATHS "${CMAKE_SOURCE_DIR}/proto/${proto}")
endforeach()

# Any is protobuf's own message, and protobuf-c brings no code for it.
if(TFG_PROTOS)
    set(generated "${TFG_PROTO_DIR}/google/protobuf/any.pb-c.c" "${TFG_PROTO_DIR}/google/protobuf/any.pb-c.h")
    add_custom_command(OUTPUT ${generated}
        COMMAND "${PROTOC_C}" "--proto_path=${PROTOBUF_INCLUDE}" "--c_out=${TFG_PROTO_DIR}" google/protobuf/any.proto
        VERBATIM)
    list(APPEND TFG_PROTO_C ${generated})
endif()

if(TFG_PROTOS)
    add_library(tfg_proto OBJECT ${TFG_PROTO_C})
    target_include_directories(tfg_proto SYSTEM PUBLIC "${TFG_PROTO_DIR}" "${PROTOBUF_C_INCLUDE}")
    target_compile_options(tfg_proto PRIVATE -O2 -w -ffunction-sections -fdata-sections)
    add_custom_command(OUTPUT "${TFG_PACKAGE_DIR}/descriptors.bin"
        COMMAND "${PROTOC}" "--proto_path=${CMAKE_SOURCE_DIR}/proto" "--proto_path=${PROTOBUF_INCLUDE}" --include_imports
            "--descriptor_set_out=${TFG_PACKAGE_DIR}/descriptors.bin" ${TFG_PROTOS}
        DEPENDS ${TFG_PROTO_PATHS} VERBATIM)
    add_custom_target(tfg_descriptors ALL DEPENDS "${TFG_PACKAGE_DIR}/descriptors.bin")
endif()
