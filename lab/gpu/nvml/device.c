/* A STAND-IN, not NVIDIA's library: questions to a GPU whose answer is one line of the file. */
#include "state.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TEXT(function, key)                                                                    \
    nvmlReturn_t function(nvmlDevice_t device, char *text, unsigned int length) {              \
        return state_copy(state_gpu(device), key, text, length);                               \
    }

#define NUMBER(function, type, key)                                                            \
    nvmlReturn_t function(nvmlDevice_t device, type *value) {                                  \
        number found;                                                                          \
        nvmlReturn_t got = state_number(state_gpu(device), key, &found);                       \
        if (got == NVML_SUCCESS)                                                               \
            *value = (type)found;                                                              \
        return got;                                                                            \
    }

TEXT(nvmlDeviceGetName, "name")
TEXT(nvmlDeviceGetUUID, "uuid")
TEXT(nvmlDeviceGetSerial, "serial")
TEXT(nvmlDeviceGetVbiosVersion, "vbios")
TEXT(nvmlDeviceGetInforomImageVersion, "inforom")

NUMBER(nvmlDeviceGetRetiredPagesPendingStatus, nvmlEnableState_t, "retired_pending")
NUMBER(nvmlDeviceGetCurrPcieLinkWidth, unsigned int, "width")
NUMBER(nvmlDeviceGetMaxPcieLinkWidth, unsigned int, "width_max")
NUMBER(nvmlDeviceGetCurrPcieLinkGeneration, unsigned int, "generation")
NUMBER(nvmlDeviceGetMaxPcieLinkGeneration, unsigned int, "generation_max")
NUMBER(nvmlDeviceGetPerformanceState, nvmlPstates_t, "pstate")
NUMBER(nvmlDeviceGetPcieReplayCounter, unsigned int, "replays")
NUMBER(nvmlDeviceGetEnforcedPowerLimit, unsigned int, "power_limit")
NUMBER(nvmlDeviceGetPowerManagementDefaultLimit, unsigned int, "power_default")
NUMBER(nvmlDeviceGetCurrentClocksEventReasons, number, "event_reasons")
NUMBER(nvmlDeviceGetCurrentClocksThrottleReasons, number, "throttle_reasons")

/* "persistence daemon": on while the persistence daemon's stand-in runs. */
nvmlReturn_t nvmlDeviceGetPersistenceMode(nvmlDevice_t device, nvmlEnableState_t *mode) {
    const char *text;
    nvmlReturn_t got = state_text(state_gpu(device), "persistence", &text);

    if (got != NVML_SUCCESS)
        return got;
    if (strcmp(text, "daemon") == 0)
        *mode = access("/run/nvidia-persistenced/nvidia-persistenced.pid", F_OK) == 0;
    else
        *mode = text[0] == '1';
    return NVML_SUCCESS;
}

nvmlReturn_t nvmlDeviceValidateInforom(nvmlDevice_t device) {
    number nothing;

    return state_number(state_gpu(device), "inforom_valid", &nothing);
}

/* "pci 00000000:3B:00.0 0x20f110de": bus id, device and vendor. */
nvmlReturn_t nvmlDeviceGetPciInfo_v3(nvmlDevice_t device, nvmlPciInfo_t *pci) {
    const char *text;
    nvmlReturn_t got = state_text(state_gpu(device), "pci", &text);

    if (got != NVML_SUCCESS)
        return got;
    memset(pci, 0, sizeof *pci);
    if (sscanf(text, "%31s %x", pci->busId, &pci->pciDeviceId) != 2 ||
        sscanf(pci->busId, "%x:%x:%x", &pci->domain, &pci->bus, &pci->device) != 3)
        return NVML_ERROR_UNKNOWN;
    snprintf(pci->busIdLegacy, sizeof pci->busIdLegacy, "%04x:%02X:%02X.0", pci->domain & 0xffff, pci->bus & 0xff,
             pci->device & 0xff);
    return NVML_SUCCESS;
}

nvmlReturn_t nvmlDeviceGetCudaComputeCapability(nvmlDevice_t device, int *major, int *minor) {
    number values[2];
    nvmlReturn_t got = state_numbers(state_gpu(device), "capability", values, 2, NULL);

    if (got == NVML_SUCCESS) {
        *major = (int)values[0];
        *minor = (int)values[1];
    }
    return got;
}

nvmlReturn_t nvmlDeviceGetMaxClockInfo(nvmlDevice_t device, nvmlClockType_t type, unsigned int *clock) {
    number value;
    const char *key = type == NVML_CLOCK_SM ? "clock_sm" : type == NVML_CLOCK_MEM ? "clock_memory" : "clock_other";
    nvmlReturn_t got = state_number(state_gpu(device), key, &value);

    if (got == NVML_SUCCESS)
        *clock = (unsigned int)value;
    return got;
}
