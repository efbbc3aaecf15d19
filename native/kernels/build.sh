#!/bin/sh
# Builds the fused CPU kernels with a C++ compiler alone: native/kernels/build.sh OUT.so
# CXX names the compiler (g++ 9 or later, or clang++; else the first of g++, clang++ and c++ that is there), CXXFLAGS adds options,
# JOBS says how many files are compiled at once (else as many as there are processors).
set -eu

out=${1:?"usage: build.sh OUT.so"}
here=$(cd "$(dirname "$0")" && pwd)
for each in ${CXX:-g++ clang++ c++}; do
    command -v "$each" > /dev/null && compiler=$each && break
done
if [ -z "${compiler:-}" ]; then
    echo "build.sh: no C++ compiler (${CXX:-g++, clang++ or c++}); install one (Debian: apt-get install g++) or name it in CXX" >&2
    exit 1
fi

objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT
# Contraction off: a result must not depend on where in a loop the compiler fuses a product and a sum.
common="-std=c++17 -O3 -fPIC -fvisibility=hidden -fvisibility-inlines-hidden -Wall -Wextra -ffp-contract=off -I$here/include -I$here/src"
# One file per instruction set.
vector="-fno-math-errno -fno-trapping-math"
avx2="-mavx2 -mfma"
avx512="$avx2 -mavx512f -mavx512bw -mavx512dq -mavx512vl -mprefer-vector-width=512"
case $("$compiler" -dumpmachine) in
    x86_64-*) has_avx=yes common="$common -DDS2S_WITH_AVX" ;;
    *) has_avx=no ;;
esac

list() {
    for file in "$here"/src/*.cpp "$here/src/vector/dispatch.cpp"; do printf '%s|%s\n' "$file" ""; done
    for file in baseline int8_baseline; do printf '%s|%s\n' "$here/src/vector/$file.cpp" "$vector"; done
    [ "$has_avx" = yes ] || return 0
    for file in avx2 int8_avx2; do printf '%s|%s\n' "$here/src/vector/$file.cpp" "$vector $avx2"; done
    for file in avx512 int8_avx512; do printf '%s|%s\n' "$here/src/vector/$file.cpp" "$vector $avx512"; done
    printf '%s|%s\n' "$here/src/vector/int8_vnni.cpp" "$vector $avx512 -mavx512vnni"
}

export compiler common objects
# The words of $common and of a line's options are meant to be split.
list | tr '\n' '\0' | xargs -0 -n 1 -P "${JOBS:-$(getconf _NPROCESSORS_ONLN)}" sh -c '
    file=${1%%|*}
    exec "$compiler" $common ${1#*|} ${CXXFLAGS:-} -c "$file" -o "$objects/$(basename "$file" .cpp).o"' compile
mkdir -p "$(dirname "$out")"
# Under another name first: a program that has the library open keeps the old one.
"$compiler" -shared ${CXXFLAGS:-} -o "$out.new" "$objects"/*.o
mv "$out.new" "$out"
