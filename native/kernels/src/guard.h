// Turns exceptions into a status and a message of the calling thread.
#pragma once

#include <exception>
#include <sstream>
#include <stdexcept>
#include <string>

#include "distseq2seq_kernels.h"

namespace ds2s {

void set_last_error(const char* text) noexcept;

// Runs `body`; 0 if it returned, -1 (and the message kept) if it threw.
template <typename Body>
int guarded(Body&& body) noexcept
{
    try {
        body();
        return 0;
    } catch (const std::exception& error) {
        set_last_error(error.what());
    } catch (...) {
        set_last_error("an exception of unknown kind");
    }
    return -1;
}

// Throws the parts as one message unless `holds`.
template <typename... Parts>
void require(bool holds, const Parts&... parts)
{
    if (holds) return;
    std::ostringstream text;
    (text << ... << parts);
    throw std::invalid_argument(text.str());
}

}  // namespace ds2s
