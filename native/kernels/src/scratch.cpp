#include "scratch.h"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

namespace ds2s {

namespace {

constexpr size_t line = 64, smallest_block = 1 << 16;

struct Free {
    void operator()(char* memory) const { std::free(memory); }
};

struct Block {
    std::unique_ptr<char, Free> memory;
    size_t size;
};

// Blocks fill one after the other. When all is given back, several become one of their size together.
struct Arena {
    std::vector<Block> blocks;
    size_t current = 0, used = 0;  // used: of the current block

    void add(size_t bytes)
    {
        const size_t size = (bytes + smallest_block - 1) / smallest_block * smallest_block;
        auto* memory = static_cast<char*>(std::aligned_alloc(line, size));
        if (memory == nullptr) throw std::bad_alloc();
        blocks.push_back({std::unique_ptr<char, Free>(memory), size});
    }

    void* take(size_t bytes)
    {
        const size_t rounded = (bytes + line - 1) / line * line;
        while (current < blocks.size() && used + rounded > blocks[current].size) {
            current++;
            used = 0;
        }
        if (current == blocks.size()) add(rounded);
        char* place = blocks[current].memory.get() + used;
        used += rounded;
        return place;
    }

    void give_back(size_t block, size_t used_before)
    {
        current = block;
        used = used_before;
        if (current != 0 || used != 0 || blocks.size() < 2) return;
        size_t all = 0;
        for (const auto& own : blocks) all += own.size;
        blocks.clear();
        try {
            add(all);
        } catch (const std::bad_alloc&) {
            // The next call takes what it can get.
        }
    }
};

thread_local Arena arena;

}  // namespace

Scratch::Scratch() : block_(arena.current), used_(arena.used) {}

Scratch::~Scratch()
{
    arena.give_back(block_, used_);
}

void* Scratch::take_bytes(size_t bytes)
{
    return arena.take(bytes);
}

float* Scratch::zeros(int64_t count)
{
    float* values = floats(count);
    std::memset(values, 0, static_cast<size_t>(count) * sizeof(float));
    return values;
}

}  // namespace ds2s
