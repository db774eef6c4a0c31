/* A STAND-IN, not NVIDIA's library: memory, its errors, and who uses it. */
#include "state.h"

#include <string.h>

enum { MOST = 64 };

nvmlReturn_t nvmlDeviceGetMemoryInfo(nvmlDevice_t device, nvmlMemory_t *memory) {
    number values[2];
    nvmlReturn_t got = state_numbers(state_gpu(device), "memory", values, 2, NULL);

    if (got == NVML_SUCCESS) {
        memory->total = values[0];
        memory->used = values[1];
        memory->free = values[0] - values[1];
    }
    return got;
}

nvmlReturn_t nvmlDeviceGetMemoryInfo_v2(nvmlDevice_t device, nvmlMemory_v2_t *memory) {
    nvmlMemory_t first;
    nvmlReturn_t got = nvmlDeviceGetMemoryInfo(device, &first);

    if (got == NVML_SUCCESS) {
        memory->total = first.total;
        memory->reserved = 0;
        memory->used = first.used;
        memory->free = first.free;
    }
    return got;
}

nvmlReturn_t nvmlDeviceGetEccMode(nvmlDevice_t device, nvmlEnableState_t *current, nvmlEnableState_t *pending) {
    number values[2];
    nvmlReturn_t got = state_numbers(state_gpu(device), "ecc_mode", values, 2, NULL);

    if (got == NVML_SUCCESS) {
        *current = (nvmlEnableState_t)values[0];
        *pending = (nvmlEnableState_t)values[1];
    }
    return got;
}

nvmlReturn_t nvmlDeviceGetTotalEccErrors(nvmlDevice_t device, nvmlMemoryErrorType_t type,
                                         nvmlEccCounterType_t counter, number *count) {
    if (type != NVML_MEMORY_ERROR_TYPE_UNCORRECTED || counter != NVML_VOLATILE_ECC)
        return NVML_ERROR_NOT_SUPPORTED;
    return state_number(state_gpu(device), "ecc_volatile", count);
}

/* "sram" where the GPU counts on-chip memory as one, "sram_parts L1 L2 registers" where it does not. */
nvmlReturn_t nvmlDeviceGetMemoryErrorCounter(nvmlDevice_t device, nvmlMemoryErrorType_t type,
                                             nvmlEccCounterType_t counter, nvmlMemoryLocation_t place,
                                             number *count) {
    number parts[3];
    nvmlReturn_t got;

    if (type != NVML_MEMORY_ERROR_TYPE_UNCORRECTED || counter != NVML_AGGREGATE_ECC)
        return NVML_ERROR_NOT_SUPPORTED;
    if (place == NVML_MEMORY_LOCATION_SRAM)
        return state_number(state_gpu(device), "sram", count);
    got = state_numbers(state_gpu(device), "sram_parts", parts, 3, NULL);
    if (got != NVML_SUCCESS)
        return got;
    if (place == NVML_MEMORY_LOCATION_L1_CACHE)
        *count = parts[0];
    else if (place == NVML_MEMORY_LOCATION_L2_CACHE)
        *count = parts[1];
    else if (place == NVML_MEMORY_LOCATION_REGISTER_FILE)
        *count = parts[2];
    else
        return NVML_ERROR_NOT_SUPPORTED;
    return NVML_SUCCESS;
}

nvmlReturn_t nvmlDeviceGetRemappedRows(nvmlDevice_t device, unsigned int *correctable, unsigned int *uncorrectable,
                                       unsigned int *pending, unsigned int *failure) {
    number values[4];
    nvmlReturn_t got = state_numbers(state_gpu(device), "remapped", values, 4, NULL);

    if (got == NVML_SUCCESS) {
        *correctable = (unsigned int)values[0];
        *uncorrectable = (unsigned int)values[1];
        *pending = (unsigned int)values[2];
        *failure = (unsigned int)values[3];
    }
    return got;
}

/* "retired 0 15": pages after two single-bit errors, and after a double-bit error. */
nvmlReturn_t nvmlDeviceGetRetiredPages(nvmlDevice_t device, nvmlPageRetirementCause_t cause, unsigned int *count,
                                       number *addresses) {
    number values[2];
    unsigned int room = *count;
    nvmlReturn_t got = state_numbers(state_gpu(device), "retired", values, 2, NULL);

    if (got != NVML_SUCCESS)
        return got;
    *count = (unsigned int)values[cause == NVML_PAGE_RETIREMENT_CAUSE_DOUBLE_BIT_ECC_ERROR];
    if (addresses == NULL || room < *count)
        return *count ? NVML_ERROR_INSUFFICIENT_SIZE : NVML_SUCCESS;
    for (unsigned int i = 0; i < *count; i++)
        addresses[i] = 0x1000ULL * (i + 1);
    return NVML_SUCCESS;
}

/* "processes 4711 4712", or "processes none". */
nvmlReturn_t nvmlDeviceGetComputeRunningProcesses_v3(nvmlDevice_t device, unsigned int *count,
                                                     nvmlProcessInfo_t *processes) {
    number pids[MOST];
    unsigned int found, room = *count;
    nvmlReturn_t got = state_numbers(state_gpu(device), "processes", pids, MOST, &found);

    if (got != NVML_SUCCESS)
        return got;
    *count = found;
    if (found > 0 && (processes == NULL || room < found))
        return NVML_ERROR_INSUFFICIENT_SIZE;
    for (unsigned int i = 0; i < found; i++) {
        memset(&processes[i], 0, sizeof processes[i]);
        processes[i].pid = (unsigned int)pids[i];
    }
    return NVML_SUCCESS;
}

/* "links 12 12 0": how many there are, how many are up, errors on each. */
static nvmlReturn_t link_values(nvmlDevice_t device, unsigned int link, number values[3]) {
    nvmlReturn_t got = state_numbers(state_gpu(device), "links", values, 3, NULL);

    return got == NVML_SUCCESS && link >= values[0] ? NVML_ERROR_INVALID_ARGUMENT : got;
}

nvmlReturn_t nvmlDeviceGetNvLinkState(nvmlDevice_t device, unsigned int link, nvmlEnableState_t *active) {
    number values[3];
    nvmlReturn_t got = link_values(device, link, values);

    if (got == NVML_SUCCESS)
        *active = link < values[1];
    return got;
}

nvmlReturn_t nvmlDeviceGetNvLinkErrorCounter(nvmlDevice_t device, unsigned int link, nvmlNvLinkErrorCounter_t kind,
                                             number *count) {
    number values[3];
    nvmlReturn_t got = link_values(device, link, values);

    if (got == NVML_SUCCESS)
        *count = kind == NVML_NVLINK_ERROR_DL_CRC_FLIT ? values[2] : 0;
    return got;
}
