// One body, compiled for each instruction set; the processor's best is chosen at run time.
#include "CKernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

#define UP_TO_2 CASE(1) CASE(2)
#define UP_TO_4 UP_TO_2 CASE(3) CASE(4)
#define UP_TO_5 UP_TO_4 CASE(5)
#define UP_TO_6 UP_TO_5 CASE(6)
#define UP_TO_8 UP_TO_6 CASE(7) CASE(8)
#define UP_TO_9 UP_TO_8 CASE(9)

#if defined(__x86_64__)

// Convolutions of bytes: by the instructions for them, or by products of 16 bits.
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vnni"))), \
                             apply_to = function)
#define LANES 16
#define PARTS 1
#define DOT(sums, bytes, weights) \
  (bivec)_mm512_dpbusd_epi32((__m512i)(sums), (__m512i)(bytes), (__m512i)(weights))
#define BYTES_BLOCKS 2
#define BYTES_TILE 8
#define BYTES_CASES UP_TO_8
#define BYTES_SET avx512vnni
#include "bytes.h"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw"))), apply_to = function)
#define LANES 16
#define PARTS 2
#define DOT(sums, numbers, weights) \
  ((sums) + (bivec)_mm512_madd_epi16((__m512i)(numbers), (__m512i)(weights)))
#define BYTES_BLOCKS 2
#define BYTES_TILE 8
#define BYTES_CASES UP_TO_8
#define BYTES_SET avx512
#include "bytes.h"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2,avxvnni"))), apply_to = function)
#define LANES 8
#define PARTS 1
#define DOT(sums, bytes, weights) \
  (bivec)_mm256_dpbusd_avx_epi32((__m256i)(sums), (__m256i)(bytes), (__m256i)(weights))
#define BYTES_BLOCKS 1
#define BYTES_TILE 5
#define BYTES_CASES UP_TO_5
#define BYTES_SET avx2vnni
#include "bytes.h"
#pragma clang attribute pop

// Not vpmaddubsw, whose sums of 16 bits saturate.
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define LANES 8
#define PARTS 2
#define DOT(sums, numbers, weights) \
  ((sums) + (bivec)_mm256_madd_epi16((__m256i)(numbers), (__m256i)(weights)))
#define BYTES_BLOCKS 1
#define BYTES_TILE 4
#define BYTES_CASES UP_TO_4
#define BYTES_SET avx2
#include "bytes.h"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma,f16c"))), \
                             apply_to = function)
#define LANES 16
#define TILE 8
#define PAIR_TILE 8
#define CASES UP_TO_8
#define RECIPROCAL(x) __builtin_ia32_rcp14ps512_mask(x, (vec){}, (uint16_t)-1)
#define DEPTHWISE_TILE 9  // the classifier's planes are 9, 17, 33 and 65 pixels wide
#define DEPTHWISE_CASES UP_TO_9
#define QUERIES 8
#define ATTENTION_BLOCKS 2
#define TARGETS 8
#define TEXTS 8
#define TEXTS_CASES UP_TO_8
#define SET avx512
#define BYTE_KERNELS byte_kernels_avx512
#define DOT_BYTE_KERNELS byte_kernels_avx512vnni
#define DOT_SET_NAME "avx512vnni"
#define SPAE_SET_NAME "avx512"
#include "body.h"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#define LANES 8
#define TILE 6
#define PAIR_TILE 0
#define CASES UP_TO_6
#define RECIPROCAL(x) __builtin_ia32_rcpps256(x)
#define DEPTHWISE_TILE 8
#define DEPTHWISE_CASES UP_TO_8
#define QUERIES 8
#define ATTENTION_BLOCKS 1
#define TARGETS 4
#define TEXTS 5
#define TEXTS_CASES UP_TO_5
#define SET avx2
#define BYTE_KERNELS byte_kernels_avx2
#define DOT_BYTE_KERNELS byte_kernels_avx2vnni
#define DOT_SET_NAME "avx2vnni"
#define SPAE_SET_NAME "avx2"
#include "body.h"
#pragma clang attribute pop

#endif

// Plain C, which compilers turn into what the processor has.
#define LANES 4
#define PARTS 2
#define DOT(sums, numbers, weights)                                            \
  ((sums) + ((numbers) & 0xFFFF) * ((weights) << 16 >> 16) +                   \
   ((numbers) >> 16) * ((weights) >> 16))
#define BYTES_BLOCKS 1
#define BYTES_TILE 2
#define BYTES_CASES UP_TO_2
#define BYTES_SET portable
#include "bytes.h"

#if defined(__aarch64__)
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#define LANES 4
#define PARTS 1
#define OFFSET 128
#define DOT(sums, bytes, weights)                                                \
  (bivec)vdotq_s32((int32x4_t)(sums), (int8x16_t)((bytes) ^ (int32_t)0x80808080), \
                   (int8x16_t)(weights))
#define BYTES_BLOCKS 1
#define BYTES_TILE 5
#define BYTES_CASES UP_TO_5
#define BYTES_SET neondot
#include "bytes.h"
#pragma clang attribute pop

#define LANES 4
#define TILE 6
#define PAIR_TILE 0
#define CASES UP_TO_6
#define DEPTHWISE_TILE 4
#define DEPTHWISE_CASES UP_TO_4
#define QUERIES 8
#define ATTENTION_BLOCKS 2
#define TARGETS 4
#define TEXTS 8
#define TEXTS_CASES UP_TO_8
#define SET neon
#define BYTE_KERNELS byte_kernels_portable
#define DOT_BYTE_KERNELS byte_kernels_neondot
#define DOT_SET_NAME "neondot"
#define SPAE_SET_NAME "neon"
#include "body.h"
#endif

#define LANES 4
#define TILE 2
#define PAIR_TILE 0
#define CASES UP_TO_2
#define DEPTHWISE_TILE 2
#define DEPTHWISE_CASES UP_TO_2
#define QUERIES 8
#define ATTENTION_BLOCKS 1
#define TARGETS 4
#define TEXTS 4
#define TEXTS_CASES UP_TO_4
#define SET portable
#define BYTE_KERNELS byte_kernels_portable
#define SPAE_SET_NAME "portable"
#include "body.h"

static const spae_kernels *const sets[] = {
#if defined(__x86_64__)
    &spae_kernels_with_dots_avx512,
    &spae_kernels_avx512,
    &spae_kernels_with_dots_avx2,
    &spae_kernels_avx2,
#endif
#if defined(__aarch64__)
    &spae_kernels_with_dots_neon,
    &spae_kernels_neon,
#endif
    &spae_kernels_portable,
};

size_t spae_kernel_sets(void) { return sizeof sets / sizeof sets[0]; }

const spae_kernels *spae_kernel_set(size_t index) { return sets[index]; }

#if defined(__x86_64__)
static int has_avx512(void) {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
}

static int has_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("f16c");
}
#endif

int spae_kernel_set_supported(size_t index) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (sets[index] == &spae_kernels_with_dots_avx512)
    return has_avx512() && __builtin_cpu_supports("avx512vnni");
  if (sets[index] == &spae_kernels_avx512) return has_avx512();
  if (sets[index] == &spae_kernels_with_dots_avx2)
    return has_avx2() && __builtin_cpu_supports("avxvnni");
  if (sets[index] == &spae_kernels_avx2) return has_avx2();
#endif
#if defined(__aarch64__)
  if (sets[index] == &spae_kernels_with_dots_neon)
    return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
#endif
  return index < sizeof sets / sizeof sets[0];
}

const spae_kernels *spae_fastest_kernels(void) {
  size_t index = 0;
  while (!spae_kernel_set_supported(index)) index++;
  return sets[index];
}

void spae_pack_halves(const uint16_t *halves, size_t outputs, size_t inputs, size_t taps,
                      uint16_t *packed) {
  for (size_t first = 0; first < outputs; first += spae_lanes) {
    const size_t count = outputs - first < spae_lanes ? outputs - first : spae_lanes;
    for (size_t input = 0; input < inputs; input++)
      for (size_t tap = 0; tap < taps; tap++) {
        uint16_t *lanes = packed + ((first / spae_lanes * taps + tap) * inputs + input) * spae_lanes;
        for (size_t lane = 0; lane < count; lane++)
          lanes[lane] = halves[((first + lane) * inputs + input) * taps + tap];
      }
  }
}
