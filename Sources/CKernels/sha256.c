// SHA-256 (FIPS 180-4): by the processor's own instructions where it has them.
#include "CKernels.h"

#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#include <sys/auxv.h>
#endif

// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

typedef void add_blocks(uint32_t state[8], const uint8_t *bytes, size_t count);

static inline uint32_t rotated(uint32_t word, int bits) {
  return word >> bits | word << (32 - bits);
}

static inline uint32_t word_at(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

// One round; the caller turns the eight words instead of moving them.
#define ROUND(a, b, c, d, e, f, g, h, i)                                                      \
  do {                                                                                        \
    uint32_t sum1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);                          \
    uint32_t first = h + sum1 + (g ^ (e & (f ^ g))) + round_constants[i] + words[(i) & 15];   \
    uint32_t sum0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);                          \
    d += first;                                                                               \
    h = first + sum0 + ((a & b) | (c & (a | b)));                                             \
  } while (0)

#define EIGHT_ROUNDS(i)                   \
  do {                                    \
    ROUND(a, b, c, d, e, f, g, h, i);     \
    ROUND(h, a, b, c, d, e, f, g, i + 1); \
    ROUND(g, h, a, b, c, d, e, f, i + 2); \
    ROUND(f, g, h, a, b, c, d, e, i + 3); \
    ROUND(e, f, g, h, a, b, c, d, i + 4); \
    ROUND(d, e, f, g, h, a, b, c, i + 5); \
    ROUND(c, d, e, f, g, h, a, b, i + 6); \
    ROUND(b, c, d, e, f, g, h, a, i + 7); \
  } while (0)

static void add_blocks_portable(uint32_t state[8], const uint8_t *bytes, size_t count) {
  for (; count > 0; count--, bytes += 64) {
    uint32_t words[16];
    for (int i = 0; i < 16; i++) words[i] = word_at(bytes + 4 * i);
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    EIGHT_ROUNDS(0);
    EIGHT_ROUNDS(8);
    for (int i = 16; i < 64; i += 16) {
      for (int j = 0; j < 16; j++) {
        uint32_t early = words[(j + 1) & 15], late = words[(j + 14) & 15];
        words[j] += (rotated(early, 7) ^ rotated(early, 18) ^ early >> 3) + words[(j + 9) & 15] +
                    (rotated(late, 17) ^ rotated(late, 19) ^ late >> 10);
      }
      EIGHT_ROUNDS(i);
      EIGHT_ROUNDS(i + 8);
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    state[4] += e, state[5] += f, state[6] += g, state[7] += h;
  }
}

#if defined(__x86_64__)

// Two rounds an instruction, on the words a, b, e, f and c, d, g, h; four words of the schedule.
__attribute__((target("sha,sse4.1"))) static void add_blocks_sha(
    uint32_t state[8], const uint8_t *bytes, size_t count) {
  const __m128i big_endian = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
  const __m128i *constants = (const __m128i *)round_constants;
  __m128i abef = _mm_set_epi32(state[0], state[1], state[4], state[5]);
  __m128i cdgh = _mm_set_epi32(state[2], state[3], state[6], state[7]);
  for (; count > 0; count--, bytes += 64) {
    __m128i words[4], abef_before = abef, cdgh_before = cdgh;
    for (int i = 0; i < 4; i++)
      words[i] =
          _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)bytes + i), big_endian);
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) {
      __m128i last = words[(i + 3) & 3];
      __m128i added = _mm_add_epi32(words[i & 3], _mm_loadu_si128(constants + i));
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, added);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(added, 0x0E));
      if (i >= 12) continue;
      __m128i next = _mm_sha256msg1_epu32(words[i & 3], words[(i + 1) & 3]);
      next = _mm_add_epi32(next, _mm_alignr_epi8(last, words[(i + 2) & 3], 4));
      words[i & 3] = _mm_sha256msg2_epu32(next, last);
    }
    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
  }
  uint32_t low[4], high[4];  // f, e, b, a and h, g, d, c
  _mm_storeu_si128((__m128i *)low, abef);
  _mm_storeu_si128((__m128i *)high, cdgh);
  const uint32_t after[8] = {low[3], low[2], high[3], high[2], low[1], low[0], high[1], high[0]};
  memcpy(state, after, sizeof after);
}

static int has_sha(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSE4_1)) return 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b >> 29 & 1);
}

#elif defined(__aarch64__)

__attribute__((target("sha2"))) static void add_blocks_sha(
    uint32_t state[8], const uint8_t *bytes, size_t count) {
  uint32x4_t abcd = vld1q_u32(state), efgh = vld1q_u32(state + 4);
  for (; count > 0; count--, bytes += 64) {
    uint32x4_t words[4], abcd_before = abcd, efgh_before = efgh;
    for (int i = 0; i < 4; i++)
      words[i] = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(bytes + 16 * i)));
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) {
      uint32x4_t added = vaddq_u32(words[i & 3], vld1q_u32(round_constants + 4 * i)), old = abcd;
      abcd = vsha256hq_u32(abcd, efgh, added);
      efgh = vsha256h2q_u32(efgh, old, added);
      if (i >= 12) continue;
      words[i & 3] = vsha256su1q_u32(
          vsha256su0q_u32(words[i & 3], words[(i + 1) & 3]), words[(i + 2) & 3],
          words[(i + 3) & 3]);
    }
    abcd = vaddq_u32(abcd, abcd_before);
    efgh = vaddq_u32(efgh, efgh_before);
  }
  vst1q_u32(state, abcd);
  vst1q_u32(state + 4, efgh);
}

static int has_sha(void) { return (getauxval(AT_HWCAP) >> 6 & 1) != 0; }  // HWCAP_SHA2

#else

#define add_blocks_sha add_blocks_portable
static int has_sha(void) { return 0; }

#endif

static void digest_by(add_blocks *add, const void *data, size_t count, uint8_t digest[32]) {
  // The first 32 bits of the fractional parts of the square roots of the first 8 primes.
  uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  const uint8_t *bytes = data;
  size_t whole = count / 64, rest = count % 64;
  add(state, bytes, whole);
  // The rest, a bit of 1, zeros, and the number of bits in the last eight bytes.
  uint8_t end[128] = {0};
  if (rest > 0) memcpy(end, bytes + 64 * whole, rest);
  end[rest] = 0x80;
  size_t blocks = rest < 56 ? 1 : 2;
  for (int i = 0; i < 8; i++) end[64 * blocks - 1 - i] = (uint8_t)((uint64_t)count << 3 >> 8 * i);
  add(state, end, blocks);
  for (int i = 0; i < 32; i++) digest[i] = (uint8_t)(state[i / 4] >> (24 - 8 * (i % 4)));
}

void spae_sha256(const void *bytes, size_t count, uint8_t digest[32]) {
  digest_by(has_sha() ? add_blocks_sha : add_blocks_portable, bytes, count, digest);
}

void spae_sha256_portable(const void *bytes, size_t count, uint8_t digest[32]) {
  digest_by(add_blocks_portable, bytes, count, digest);
}
