#include "guard.h"

namespace ds2s {

namespace {
thread_local std::string last_error;
}

void set_last_error(const char* text) noexcept
{
    try {
        last_error = text;
    } catch (...) {
        last_error.clear();  // no memory for the message
    }
}

}  // namespace ds2s

extern "C" const char* ds2s_kernels_last_error(void)
{
    return ds2s::last_error.c_str();
}
