# libtfgraph.so: every file of csrc but the binding.
#   kernels/*.c       plain kernels, once
#   kernels/simd_*.c  and kernels/*.simd.c, once per instruction set with TFG_ISA naming it
# A row of a table names only the columns it fills.
set(TFG_WARNINGS -Wall -Wextra -Wshadow -Wconversion -Wdouble-promotion -Wstrict-prototypes -Wmissing-prototypes
    -Wvla -Wno-missing-field-initializers -Werror)
set(TFG_FLAGS -D_GNU_SOURCE -g1 ${TFG_WARNINGS} -fno-semantic-interposition -fno-strict-aliasing)
set(TFG_PLAIN_FLAGS -O2)
set(TFG_KERNEL_FLAGS -O3 -fno-math-errno -fno-trapping-math -ffp-contract=off)
if(TFG_DEV)
    set(TFG_PLAIN_FLAGS -O1)
endif()
if(TFG_SANITIZE)
    list(APPEND TFG_FLAGS "-fsanitize=${TFG_SANITIZE}" -fno-omit-frame-pointer -DTFG_SANITIZE=1)
    add_link_options("-fsanitize=${TFG_SANITIZE}")
    if(TFG_SANITIZE MATCHES "undefined")
        list(APPEND TFG_FLAGS -fno-sanitize-recover=undefined)
    endif()
    # The sanitizers' rewriting confuses GCC's analysis; the plain build is the one that judges warnings.
    list(APPEND TFG_FLAGS -Wno-error)
    set(TFG_PLAIN_FLAGS -O1)
endif()
if(TFG_TEST_SIZES)
    list(APPEND TFG_FLAGS -DTFG_TEST_SIZES=1)
endif()

set(csrc "${CMAKE_SOURCE_DIR}/csrc")
file(GLOB TFG_CORE_SOURCES CONFIGURE_DEPENDS
    "${csrc}/base/*.c" "${csrc}/tensor/*.c" "${csrc}/graph/*.c" "${csrc}/ops/*.c" "${csrc}/gradients/*.c"
    "${csrc}/io/*.c" "${csrc}/runtime/*.c" "${csrc}/init.c")
file(GLOB TFG_KERNEL_SOURCES CONFIGURE_DEPENDS "${csrc}/kernels/*.c")
set(TFG_SIMD_SOURCES ${TFG_KERNEL_SOURCES})
list(FILTER TFG_SIMD_SOURCES INCLUDE REGEX "(/simd_[^/]*|\\.simd)\\.c$")
if(TFG_SIMD_SOURCES)
    list(REMOVE_ITEM TFG_KERNEL_SOURCES ${TFG_SIMD_SOURCES})
endif()

set(TFG_OBJECTS "")
set(TFG_OBJECT_TARGETS "")
# Adds the object library `name` of the given files and flags.
function(tfg_objects name flags)
    if(NOT ARGN)
        return()
    endif()
    add_library(${name} OBJECT ${ARGN})
    target_include_directories(${name} PRIVATE "${csrc}" "${csrc}/include")
    target_include_directories(${name} SYSTEM PRIVATE "${SLEEF_INCLUDE}" "${DNNL_INCLUDE}" "${PNG_INCLUDE}" "${JPEG_INCLUDE}")
    target_compile_options(${name} PRIVATE ${TFG_FLAGS} ${flags})
    # Our thread-local data is a few words, so it may live in the static block, where access is one instruction.
    target_compile_options(${name} PRIVATE -ftls-model=initial-exec)
    list(APPEND TFG_OBJECTS "$<TARGET_OBJECTS:${name}>")
    set(TFG_OBJECTS "${TFG_OBJECTS}" PARENT_SCOPE)
endfunction()

tfg_objects(tfg_core "${TFG_PLAIN_FLAGS}" ${TFG_CORE_SOURCES})
tfg_objects(tfg_kernels "${TFG_KERNEL_FLAGS}" ${TFG_KERNEL_SOURCES})
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
    foreach(isa v2 v3 v4)
        set(isa_flags ${TFG_KERNEL_FLAGS} "-march=x86-64-${isa}" "-DTFG_ISA=${isa}")
        if(isa STREQUAL "v4")
            list(APPEND isa_flags -mprefer-vector-width=512)
        endif()
        tfg_objects(tfg_simd_${isa} "${isa_flags}" ${TFG_SIMD_SOURCES})
    endforeach()
else()
    tfg_objects(tfg_simd_base "${TFG_KERNEL_FLAGS};-DTFG_ISA=base" ${TFG_SIMD_SOURCES})
endif()

find_package(Threads REQUIRED)
set(TFG_LINK_LIBRARIES "${SLEEF_LIBRARY}" "${ZLIB_LIBRARY}" Threads::Threads m ${CMAKE_DL_LIBS})
if(TFG_CORE_SOURCES)
    add_library(tfgraph SHARED ${TFG_OBJECTS})
    set_target_properties(tfgraph PROPERTIES LINKER_LANGUAGE C LIBRARY_OUTPUT_DIRECTORY "${TFG_PACKAGE_DIR}"
        LINK_DEPENDS "${CMAKE_SOURCE_DIR}/cmake/exports.map")
    target_link_options(tfgraph PRIVATE "-Wl,--version-script=${CMAKE_SOURCE_DIR}/cmake/exports.map"
        -Wl,-Bsymbolic -Wl,--as-needed -Wl,--gc-sections)
    if(NOT TFG_SANITIZE)
        target_link_options(tfgraph PRIVATE "$<$<NOT:$<BOOL:${TFG_UNDEFINED_OK}>>:-Wl,-z,defs>")
    endif()
    target_link_libraries(tfgraph PRIVATE ${TFG_LINK_LIBRARIES})
endif()

# RE2 speaks C++, so it stands in a library of its own, which the core opens when it meets the first regular expression.
enable_language(CXX)
add_library(tfgraph_re2 MODULE "${csrc}/kernels/regex.cc")
set_target_properties(tfgraph_re2 PROPERTIES LIBRARY_OUTPUT_DIRECTORY "${TFG_PACKAGE_DIR}" CXX_STANDARD 17 CXX_VISIBILITY_PRESET hidden)
target_include_directories(tfgraph_re2 PRIVATE "${csrc}")
target_include_directories(tfgraph_re2 SYSTEM PRIVATE "${RE2_INCLUDE}")
target_compile_options(tfgraph_re2 PRIVATE -O2 -g1 -Wall -Wextra -Werror)
target_link_libraries(tfgraph_re2 PRIVATE "${RE2_LIBRARY}")

# The public header travels with the package, for programs and ops written in C.
set(public_header "${csrc}/include/tfgraph.h")
if(EXISTS "${public_header}")
    add_custom_command(OUTPUT "${TFG_PACKAGE_DIR}/include/tfgraph.h"
        COMMAND "${CMAKE_COMMAND}" -E copy "${public_header}" "${TFG_PACKAGE_DIR}/include/tfgraph.h"
        DEPENDS "${public_header}" VERBATIM)
    add_custom_target(tfg_header ALL DEPENDS "${TFG_PACKAGE_DIR}/include/tfgraph.h")
endif()
