/* A STAND-IN, not NVIDIA's library: the simulated GPUs of trueup's lab. What is told comes from one text file. */
#ifndef TRUEUP_LAB_STATE_H
#define TRUEUP_LAB_STATE_H

/* NVIDIA's own declarations, with every function under the name that it has in the library. */
#define NVML_NO_UNVERSIONED_FUNC_DEFS
#include <nvml.h>
#include <stddef.h>

typedef unsigned long long number;

enum { NOBODY = -1 };

/* Reads the file anew. */
nvmlReturn_t state_load(void);

/* The GPU that a handle names; handles are indices plus one. */
int state_gpu(nvmlDevice_t device);

/* A line's value as text: NOT_SUPPORTED where the file has no such line, "!N" is the error N, "hang" hangs. */
nvmlReturn_t state_text(int gpu, const char *key, const char **text);

/* The same as numbers; as many as there are, at most `most`; `found` may be NULL where all are needed. */
nvmlReturn_t state_numbers(int gpu, const char *key, number *values, unsigned int most, unsigned int *found);

/* One number; "5+" is 5 at the first question, 6 at the second. What only a longer look sees: "5>9" is 9 from the
 * fifth question on, "5^9" at the fifth alone. */
nvmlReturn_t state_number(int gpu, const char *key, number *value);

/* A line's text into a caller's buffer. */
nvmlReturn_t state_copy(int gpu, const char *key, char *text, unsigned int length);

#endif
