/* A STAND-IN, not NVIDIA's library: what concerns the node as a whole. */
#include "state.h"

#include <stdio.h>
#include <string.h>

#ifndef STAND_IN_VERSION
#error "the version of the package that this library comes in"
#endif

/* As the real library: no module, no answer; another version's module, error 18. */
static nvmlReturn_t fits_module(void) {
    const char *path = "/proc/driver/nvidia/version";
    char line[256] = "";
    FILE *file;

    state_text(NOBODY, "module", &path);
    file = fopen(path, "re");
    if (file == NULL)
        return NVML_ERROR_DRIVER_NOT_LOADED;
    if (fgets(line, sizeof line, file) == NULL)
        line[0] = 0;
    fclose(file);
    return strstr(line, " " STAND_IN_VERSION " ") ? NVML_SUCCESS : NVML_ERROR_LIB_RM_VERSION_MISMATCH;
}

nvmlReturn_t nvmlInitWithFlags(unsigned int flags) {
    number nothing;
    nvmlReturn_t got = state_load();

    (void)flags;
    if (got != NVML_SUCCESS)
        return got;
    /* A line "init !9" or "init hang" is a driver that does not start. */
    got = state_number(NOBODY, "init", &nothing);
    return got == NVML_ERROR_NOT_SUPPORTED ? fits_module() : got;
}

nvmlReturn_t nvmlInit_v2(void) {
    return nvmlInitWithFlags(0);
}

nvmlReturn_t nvmlInit(void) {
    return nvmlInitWithFlags(0);
}

nvmlReturn_t nvmlShutdown(void) {
    return NVML_SUCCESS;
}

const char *nvmlErrorString(nvmlReturn_t result) {
    return result == NVML_SUCCESS ? "Success" : "an error of trueup's stand-in; see nvmlReturn_t in nvml.h";
}

nvmlReturn_t nvmlSystemGetDriverVersion(char *version, unsigned int length) {
    return snprintf(version, length, "%s", STAND_IN_VERSION) < (int)length ? NVML_SUCCESS
                                                                            : NVML_ERROR_INSUFFICIENT_SIZE;
}

nvmlReturn_t nvmlSystemGetNVMLVersion(char *version, unsigned int length) {
    return snprintf(version, length, "13.%s", STAND_IN_VERSION) < (int)length ? NVML_SUCCESS
                                                                               : NVML_ERROR_INSUFFICIENT_SIZE;
}

nvmlReturn_t nvmlSystemGetCudaDriverVersion(int *version) {
    number value;
    nvmlReturn_t got = state_number(NOBODY, "cuda", &value);

    if (got == NVML_SUCCESS)
        *version = (int)value;
    return got;
}

nvmlReturn_t nvmlSystemGetCudaDriverVersion_v2(int *version) {
    return nvmlSystemGetCudaDriverVersion(version);
}

nvmlReturn_t nvmlDeviceGetCount_v2(unsigned int *count) {
    number value;
    nvmlReturn_t got = state_number(NOBODY, "count", &value);

    if (got == NVML_SUCCESS)
        *count = (unsigned int)value;
    return got;
}

nvmlReturn_t nvmlDeviceGetHandleByIndex_v2(unsigned int index, nvmlDevice_t *device) {
    unsigned int count = 0;
    number nothing;
    nvmlReturn_t got = nvmlDeviceGetCount_v2(&count);

    if (got != NVML_SUCCESS)
        return got;
    if (index >= count)
        return NVML_ERROR_INVALID_ARGUMENT;
    *device = (nvmlDevice_t)(size_t)(index + 1);
    /* A line "0.handle !15" is a GPU that has fallen off the bus. */
    got = state_number((int)index, "handle", &nothing);
    return got == NVML_ERROR_NOT_SUPPORTED ? NVML_SUCCESS : got;
}
