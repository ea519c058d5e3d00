#include <cstdio>

int main() {
    std::puts("tessera " TESSERA_VERSION);
    return 0;
}
