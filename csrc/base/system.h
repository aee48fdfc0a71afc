/* System: what the machine, the affinity mask and the control groups leave to this process. */
#ifndef TFG_BASE_SYSTEM_H
#define TFG_BASE_SYSTEM_H

#include <stdint.h>

int tfg_system_processors(void);            /* of the machine, at least 1 */
int tfg_system_cpus(void);                  /* processors this process may use, at least 1 */
uint64_t tfg_system_memory(void);           /* bytes of memory in all: the machine's, or the control group's limit */
uint64_t tfg_system_memory_free(void);      /* bytes that can be had now; reads files, some 30 us */

#endif
