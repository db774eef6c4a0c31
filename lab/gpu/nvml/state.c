/* A STAND-IN, not NVIDIA's library: reads the file that says what this lab node's simulated GPUs tell.
 *
 * Lines are "key value" for the node and "0.key value" for a GPU; '#' begins a comment.
 */
#include "state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_LINES = 512, MOST_GPUS = 16, LONGEST = 256, CALM = 4 };

static struct {
    char key[LONGEST];
    char value[LONGEST];
    number asked;
} lines[MOST_LINES];
static unsigned int line_count;
static number calls[MOST_GPUS];

static void hang(void) {
    for (;;)
        pause();
}

nvmlReturn_t state_load(void) {
    const char *path = getenv("TRUEUP_LAB_GPUS");
    FILE *file = fopen(path ? path : "/etc/trueup-lab/gpus.conf", "re");
    char text[2 * LONGEST];

    line_count = 0;
    memset(calls, 0, sizeof calls);
    if (file == NULL)
        return NVML_ERROR_DRIVER_NOT_LOADED;
    while (line_count < MOST_LINES && fgets(text, sizeof text, file)) {
        char *key = lines[line_count].key, *value = lines[line_count].value;
        if (text[0] != '#' && sscanf(text, "%255s %255[^\n]", key, value) == 2)
            lines[line_count++].asked = 0;
    }
    fclose(file);
    return NVML_SUCCESS;
}

int state_gpu(nvmlDevice_t device) {
    return (int)((size_t)device - 1);
}

static int find(const char *key) {
    for (unsigned int i = 0; i < line_count; i++)
        if (strcmp(lines[i].key, key) == 0)
            return (int)i;
    return NOBODY;
}

/* A GPU with a line "0.vanish_after 20" falls off the bus after so many questions. */
static int vanished(int gpu) {
    char key[LONGEST];
    int line;

    if (gpu < 0 || gpu >= MOST_GPUS)
        return 0;
    snprintf(key, sizeof key, "%d.vanish_after", gpu);
    line = find(key);
    return line != NOBODY && calls[gpu]++ >= strtoull(lines[line].value, NULL, 10);
}

static nvmlReturn_t look_up(int gpu, const char *key, int *line) {
    char full[LONGEST];

    if (vanished(gpu))
        return NVML_ERROR_GPU_IS_LOST;
    if (gpu == NOBODY)
        snprintf(full, sizeof full, "%s", key);
    else
        snprintf(full, sizeof full, "%d.%s", gpu, key);
    *line = find(full);
    if (*line == NOBODY)
        return NVML_ERROR_NOT_SUPPORTED;
    if (strcmp(lines[*line].value, "hang") == 0)
        hang();
    if (lines[*line].value[0] == '!')
        return (nvmlReturn_t)atoi(lines[*line].value + 1);
    return NVML_SUCCESS;
}

nvmlReturn_t state_text(int gpu, const char *key, const char **text) {
    int line;
    nvmlReturn_t got = look_up(gpu, key, &line);

    if (got == NVML_SUCCESS)
        *text = lines[line].value;
    return got;
}

nvmlReturn_t state_numbers(int gpu, const char *key, number *values, unsigned int most, unsigned int *found) {
    const char *text;
    char *end;
    unsigned int count = 0;
    nvmlReturn_t got = state_text(gpu, key, &text);

    if (got != NVML_SUCCESS)
        return got;
    for (; count < most; count++, text = end) {
        values[count] = strtoull(text, &end, 0);
        if (end == text)
            break;
    }
    if (found != NULL)
        *found = count;
    return found != NULL || count == most ? NVML_SUCCESS : NVML_ERROR_UNKNOWN;
}

nvmlReturn_t state_number(int gpu, const char *key, number *value) {
    number asked;
    int line;
    char *end;
    nvmlReturn_t got = look_up(gpu, key, &line);

    if (got != NVML_SUCCESS)
        return got;
    asked = lines[line].asked++;
    *value = strtoull(lines[line].value, &end, 0);
    if (*end == '+')
        *value += asked;
    else if ((*end == '>' && asked >= CALM) || (*end == '^' && asked == CALM))
        *value = strtoull(end + 1, NULL, 0);
    return NVML_SUCCESS;
}

nvmlReturn_t state_copy(int gpu, const char *key, char *text, unsigned int length) {
    const char *found;
    nvmlReturn_t got = state_text(gpu, key, &found);

    if (got != NVML_SUCCESS)
        return got;
    if (strlen(found) >= length)
        return NVML_ERROR_INSUFFICIENT_SIZE;
    strcpy(text, found);
    return NVML_SUCCESS;
}
