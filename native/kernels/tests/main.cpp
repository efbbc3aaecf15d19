// Runs every case, or those whose name contains the first argument.
#include <cstdio>

#include "testing.h"

std::vector<testing::Case>& testing::cases()
{
    static std::vector<Case> all;
    return all;
}

int main(int count, char** arguments)
{
    const std::string wanted = count > 1 ? arguments[1] : "";
    int failed = 0, ran = 0;
    std::printf("instruction set: %s\n", ds2s_kernels_isa());
    for (const auto& test : testing::cases()) {
        if (test.name.find(wanted) == std::string::npos) continue;
        ran++;
        at::manual_seed(7);
        try {
            test.body();
            std::printf("pass  %s\n", test.name.c_str());
        } catch (const std::exception& error) {
            failed++;
            std::printf("FAIL  %s: %s\n", test.name.c_str(), error.what());
        }
    }
    std::printf("%d of %d failed\n", failed, ran);
    return failed == 0 && ran > 0 ? 0 : 1;
}
