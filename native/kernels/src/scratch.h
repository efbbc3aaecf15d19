// Memory of a call, taken from what the thread keeps: after the first calls of their sizes, nothing is allocated.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ds2s {

// What is taken through one of these is given back when it goes; they end in the reverse order of their beginnings.
class Scratch {
public:
    Scratch();
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    // Room for `count` elements on a 64-byte boundary, not set to anything.
    template <typename Element>
    Element* take(int64_t count)
    {
        return static_cast<Element*>(take_bytes(static_cast<size_t>(count) * sizeof(Element)));
    }

    float* floats(int64_t count) { return take<float>(count); }
    float* zeros(int64_t count);

private:
    void* take_bytes(size_t bytes);

    size_t block_, used_;  // where the thread's memory stood before
};

}  // namespace ds2s
