// Convolutions of bytes, written once and compiled once for each way of multiplying them. The
// includer defines LANES (of 32 bits), BYTES_SET (the name's suffix), BYTES_TILE (pixels by
// BYTES_BLOCKS blocks of 16 channels that fit into the registers) with BYTES_CASES, and either
//   PARTS 1 and DOT(sums, bytes, weights): adds four products of unsigned and signed bytes to each lane;
//   PARTS 2 and DOT(sums, numbers, weights): adds two products of signed 16 bits to each lane.
// OFFSET is what DOT subtracts from each byte, if anything.
//
// Sums are exact, so that every instruction set gives the same bits. The one rounding of the result
// is that of sum x scale to a float; a product is never contracted with an addition.

#define NAME_(a, b) a##_##b
#define NAME__(a, b) NAME_(a, b)
#define NAME(a) NAME__(a, BYTES_SET)
#define INLINE static inline __attribute__((always_inline))
#ifndef OFFSET
#define OFFSET 0
#endif
#define VECTORS (spae_lanes / LANES)
#define EACH(i, n) _Pragma("clang loop unroll(full)") for (int i = 0; i < (n); i++)

typedef float NAME(bvec) __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef int32_t NAME(bivec) __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef uint8_t NAME(bbytes) __attribute__((vector_size(LANES), aligned(1), may_alias));
#define bvec NAME(bvec)
#define bivec NAME(bivec)
#define bbytes NAME(bbytes)

// Channels in the order in which they are multiplied: four at a time, of 16 outputs.
static void NAME(pack_bytes)(const int8_t *weights, size_t outputs, size_t inputs, size_t taps,
                             void *packed) {
  const size_t groups = (inputs + 3) / 4;
  for (size_t o = 0; o < outputs; o++)
    for (size_t tap = 0; tap < taps; tap++)
      for (size_t i = 0; i < inputs; i++) {
        const size_t group = (o / spae_lanes * taps + tap) * groups + i / 4, lane = o % spae_lanes;
        const int8_t weight = weights[(o * inputs + i) * taps + tap];
#if PARTS == 1
        ((int8_t *)packed)[(group * spae_lanes + lane) * 4 + i % 4] = weight;
#else
        // The first and the third of four channels, and then the second and the fourth.
        ((int16_t *)packed)[((group * 2 + i % 2) * spae_lanes + lane) * 2 + i % 4 / 2] = weight;
#endif
      }
}

// x / (1 + e^-x), by multiplications, additions and one division that nothing contracts: the same
// bits everywhere. e^x is 2^n times a polynomial, as in body.h.
INLINE bvec NAME(exact_silu)(bvec x) {
#pragma clang fp contract(off)
  const bvec low = (bvec){} - 87.0f, high = (bvec){} + 87.0f, magic = (bvec){} + 12582912.0f;
  const bvec minus = __builtin_elementwise_min(__builtin_elementwise_max(-x, low), high);
  const bvec whole = minus * 1.44269504f + magic, n = whole - magic;
  bvec r = minus - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  bvec p = (bvec){} + 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  // n stands in the lowest bits of `whole`; p is 1 or more where n is least, and below 1 where greatest.
  return x / ((bvec)((bivec)p + ((bivec)whole << 23)) + 1.0f);
}

// x times a polynomial that comes within .0023 of the sigmoid's product between -7 and 7, and within
// .0006 x beyond; in single operations, as above.
INLINE bvec NAME(approximate_silu)(bvec x) {
#pragma clang fp contract(off)
  const bvec low = (bvec){} - 7.0f, high = (bvec){} + 7.0f;
  const bvec t = __builtin_elementwise_min(__builtin_elementwise_max(x, low), high);
  const bvec square = t * t;
  bvec p = (bvec){} + 5.98547878e-11f;
  p = p * square - 1.16125785e-8f;
  p = p * square + 9.28531676e-7f;
  p = p * square - 3.99195305e-5f;
  p = p * square + 1.02313247e-3f;
  p = p * square - 1.70326121e-2f;
  p = p * square + 2.44891912e-1f;
  return x * (p * t + 0.5f);
}

// Without a thought for what is no number, which one bound in a register would ask for.
INLINE bvec NAME(limited)(bvec x, bvec least, bvec most) {
  const bivec low = x < least;
  x = (bvec)(((bivec)least & low) | ((bivec)x & ~low));
  const bivec high = x > most;
  return (bvec)(((bivec)most & high) | ((bivec)x & ~high));
}

// Numbers in steps, of which some are taken from the zero on, as bytes. The zero is a whole number: to
// limit before rounding is to limit after it. What magic is added to stands in the lowest bits.
INLINE void NAME(store_bytes)(uint8_t *to, bvec steps, float zero) {
#pragma clang fp contract(off)
  const bvec magic = (bvec){} + 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  const bvec least = (bvec){} - zero, most = least + 255.0f;
  const bivec byte = (bivec)(NAME(limited)(steps, least, most) + magic) + (int32_t)zero;
  *(bbytes *)to = __builtin_convertvector(byte, bbytes);
}

INLINE bvec NAME(load_bytes)(const uint8_t *from, float zero) {
  return __builtin_convertvector(*(const bbytes *)from, bvec) - zero;
}

// What sums stand for, limited and rounded if they are asked to be.
INLINE bvec NAME(finished)(const spae_byte_convolution *t, bivec sum, bvec scale, int is_limited,
                           int is_rounded) {
#pragma clang fp contract(off)
  const bvec zero = {}, limit = zero + t->limit;
  const bvec magic = (bvec){} + 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  bvec value = __builtin_convertvector(sum, bvec) * scale;
  if (is_limited)
    value = __builtin_elementwise_min(__builtin_elementwise_max(value, zero), limit);
  return is_rounded ? (value + magic) - magic : value;
}

// Stores the SiLU of what stands in the registers, as bytes or as floats.
INLINE void NAME(finish_silu)(const spae_byte_convolution *t, bivec sums[][BYTES_BLOCKS * VECTORS],
                              const size_t *to, int pixels, int vectors, int is_approximate,
                              int is_bytes) {
#pragma clang fp contract(off)
  const float inverse = t->inverse, zero = t->zero, *residual = t->residual;
  const uint8_t *added = t->added;
  uint8_t *bytes = t->bytes;
  float *output = t->output;
  bvec values[BYTES_TILE][BYTES_BLOCKS * VECTORS];
  EACH(v, vectors) {
    const bvec scale = *(const bvec *)(t->scales + v * LANES);
    EACH(p, pixels) values[p][v] = NAME(finished)(t, sums[p][v], scale, 0, 0);
  }
  EACH(p, pixels)
    EACH(v, vectors) {
      bvec silu = is_approximate ? NAME(approximate_silu)(values[p][v])
                                 : NAME(exact_silu)(values[p][v]);
      const size_t at = to[p] + v * LANES;
      if (is_bytes) {
        silu = silu * inverse;
        if (added) silu = silu + NAME(load_bytes)(added + at, zero);
        NAME(store_bytes)(bytes + at, silu, zero);
      } else {
        if (residual) silu = silu + *(const bvec *)(residual + at);
        *(bvec *)(output + at) = silu;
      }
    }
}

// Stores it as floats: a sum goes the whole way at once.
INLINE void NAME(finish_floats)(const spae_byte_convolution *t,
                                bivec sums[][BYTES_BLOCKS * VECTORS], const size_t *to, int pixels,
                                int vectors, int is_limited, int is_rounded, int is_added) {
#pragma clang fp contract(off)
  const float *residual = t->residual;
  float *output = t->output;
  EACH(v, vectors) {
    const bvec scale = *(const bvec *)(t->scales + v * LANES);
    EACH(p, pixels) {
      bvec value = NAME(finished)(t, sums[p][v], scale, is_limited, is_rounded);
      const size_t at = to[p] + v * LANES;
      if (is_added) value = value + *(const bvec *)(residual + at);
      *(bvec *)(output + at) = value;
    }
  }
}

// What is often asked for has loops of its own. A SiLU is of numbers that are neither limited nor rounded.
INLINE void NAME(finish_bytes)(const spae_byte_convolution *t, bivec sums[][BYTES_BLOCKS * VECTORS],
                               const size_t *to, int pixels, int blocks) {
  const int vectors = blocks * VECTORS, is_limited = t->limit > 0, is_added = t->residual != 0;
#define SILU(approximate, bytes) \
  NAME(finish_silu)(t, sums, to, pixels, vectors, approximate, bytes)
#define FLOATS(limited, rounded, added) \
  NAME(finish_floats)(t, sums, to, pixels, vectors, limited, rounded, added)
  if (t->bytes && t->is_approximate)
    SILU(1, 1);
  else if (t->bytes)
    SILU(0, 1);
  else if (t->is_silu)
    SILU(0, 0);
  else if (is_limited && t->is_rounded && !is_added)
    FLOATS(1, 1, 0);
  else if (!is_limited && !t->is_rounded && is_added)
    FLOATS(0, 0, 1);
  else if (!is_limited && !t->is_rounded)
    FLOATS(0, 0, 0);
  else
    FLOATS(is_limited, t->is_rounded, is_added);
#undef SILU
#undef FLOATS
}

// The sums of some pixels, anywhere, over every tap and channel.
INLINE void NAME(byte_points)(const spae_byte_convolution *t, const size_t *from, const size_t *to,
                              int pixels, int blocks) {
  bivec sums[BYTES_TILE][BYTES_BLOCKS * VECTORS];
  const int vectors = blocks * VECTORS;
  const uint8_t *input[BYTES_TILE];
  EACH(p, pixels) input[p] = t->input + from[p];
  EACH(p, pixels)
    EACH(v, vectors) sums[p][v] = *(const bivec *)(t->bias + v * LANES);
  const size_t groups = t->channels / 4;
  const size_t block = t->kernel * t->kernel * groups * PARTS * spae_lanes;  // of 32 bits
  const int32_t *weights = (const int32_t *)t->weights;
  for (size_t ky = 0; ky < t->kernel; ky++) {
    for (size_t kx = 0; kx < t->kernel; kx++) {
      const size_t tap = ky * t->input_row + kx * t->input_pixel;
      for (size_t g = 0; g < groups; g++, weights += PARTS * spae_lanes) {
        bivec w[PARTS][BYTES_BLOCKS * VECTORS];
        EACH(part, PARTS)
          EACH(v, vectors)
            w[part][v] = *(const bivec *)(weights + v / VECTORS * block + part * spae_lanes +
                                          v % VECTORS * LANES);
        EACH(p, pixels) {
          int32_t four;
          __builtin_memcpy(&four, input[p] + tap + 4 * g, 4);
          const bivec bytes = (bivec){} + four;
#if PARTS == 1
          EACH(v, vectors) sums[p][v] = DOT(sums[p][v], bytes, w[0][v]);
#else
          const bivec evens = bytes & 0x00FF00FF, odds = (bytes >> 8) & 0x00FF00FF;
          EACH(v, vectors) sums[p][v] = DOT(sums[p][v], evens, w[0][v]);
          EACH(v, vectors) sums[p][v] = DOT(sums[p][v], odds, w[1][v]);
#endif
        }
      }
    }
  }
  NAME(finish_bytes)(t, sums, to, pixels, blocks);
}

// Tiles that reach over the ends of rows.
INLINE void NAME(byte_blocks)(const spae_byte_convolution *t, int blocks) {
  const size_t input_step = t->stride * t->input_pixel, output_step = t->output_pixel;
  const size_t next_input = t->stride * t->input_row - t->columns * input_step;
  const size_t next_output = t->output_row - t->columns * output_step;
  size_t left = t->rows * t->columns, x = 0, input = 0, output = 0;
  for (size_t tiles = (left + BYTES_TILE - 1) / BYTES_TILE; tiles > 0; tiles--) {
    const size_t n = (left + tiles - 1) / tiles;
    size_t from[BYTES_TILE], to[BYTES_TILE];
    for (size_t p = 0; p < n; p++) {
      from[p] = input, to[p] = output;
      input += input_step, output += output_step;
      if (++x == t->columns) x = 0, input += next_input, output += next_output;
    }
    switch (n) {
#define CASE(n) \
  case n: NAME(byte_points)(t, from, to, n, blocks); break;
      BYTES_CASES
#undef CASE
    }
    left -= n;
  }
}

static void NAME(convolve_bytes)(const spae_byte_convolution *t) {
  spae_byte_convolution rest = *t;
  while (rest.blocks > 0) {
    const size_t blocks = rest.blocks >= BYTES_BLOCKS ? BYTES_BLOCKS : 1;
    if (blocks == BYTES_BLOCKS)
      NAME(byte_blocks)(&rest, BYTES_BLOCKS);
    else
      NAME(byte_blocks)(&rest, 1);
    rest.blocks -= blocks;
    if (rest.output) rest.output += blocks * spae_lanes;
    if (rest.bytes) rest.bytes += blocks * spae_lanes;
    if (rest.added) rest.added += blocks * spae_lanes;
    if (rest.residual) rest.residual += blocks * spae_lanes;
    rest.weights = (const int32_t *)rest.weights +
                   blocks * rest.kernel * rest.kernel * (rest.channels / 4) * PARTS * spae_lanes;
    rest.bias += blocks * spae_lanes;
    rest.scales += blocks * spae_lanes;
  }
}

// Sums of whole numbers, which contraction does not change.
INLINE bvec NAME(exact_sum)(bvec sum, bvec x, bvec weight) { return sum + x * weight; }

INLINE bvec NAME(rounded_sum)(bvec sum, bvec x, bvec weight) {
#pragma clang fp contract(off)
  const bvec product = x * weight;
  return sum + product;
}

// Some neighbouring pixels of a vector of channels.
INLINE void NAME(depthwise_pixels)(const spae_byte_depthwise *t, size_t from, size_t to,
                                   size_t channel, int pixels, int stride, int is_exact) {
#pragma clang fp contract(off)
  bvec sums[BYTES_TILE];
  EACH(p, pixels) sums[p] = *(const bvec *)(t->bias + channel);
  for (int ky = 0; ky < 3; ky++, from += t->input_row) {
    bvec row[3];
    EACH(kx, 3) row[kx] = *(const bvec *)(t->weights + (ky * 3 + kx) * t->channels + channel);
    EACH(i, (pixels - 1) * stride + 3) {
      const size_t at = from + i * t->input_pixel;
      const bvec x = is_exact ? __builtin_convertvector(*(const bbytes *)(t->input + at), bvec)
                              : *(const bvec *)(t->floats + at);
      EACH(p, pixels) {
        const int kx = i - p * stride;
        if (kx >= 0 && kx < 3)
          sums[p] = is_exact ? NAME(exact_sum)(sums[p], x, row[kx])
                             : NAME(rounded_sum)(sums[p], x, row[kx]);
      }
    }
  }
  const bvec scale = *(const bvec *)(t->scales + channel);
  const float inverse = t->inverse, zero = t->zero;
  uint8_t *output = t->output + to;
  const size_t step = t->output_pixel;
  EACH(p, pixels)
    NAME(store_bytes)(output + p * step, NAME(approximate_silu)(sums[p] * scale) * inverse, zero);
}

// Down the rows of a strip of 16 channels: what one row loads stays in the first cache for the next.
INLINE void NAME(depthwise_strips)(const spae_byte_depthwise *t, int stride, int is_exact) {
  for (size_t c = 0; c < t->channels; c += spae_lanes) {
    size_t from = c, to = c, left = t->columns;
    for (size_t tiles = (left + BYTES_TILE - 1) / BYTES_TILE; tiles > 0; tiles--) {
      const size_t n = (left + tiles - 1) / tiles;
      switch (n) {
#define CASE(n)                                                                              \
  case n:                                                                                    \
    for (size_t y = 0; y < t->rows; y++)                                                     \
      for (size_t v = 0; v < spae_lanes; v += LANES)                                         \
        NAME(depthwise_pixels)(t, from + y * stride * t->input_row + v,                      \
                               to + y * t->output_row + v, c + v, n, stride, is_exact);      \
    break;
        BYTES_CASES
#undef CASE
      }
      from += n * stride * t->input_pixel, to += n * t->output_pixel, left -= n;
    }
  }
}

static void NAME(convolve_depthwise_bytes)(const spae_byte_depthwise *t) {
  if (t->stride == 1 && t->floats) NAME(depthwise_strips)(t, 1, 0);
  if (t->stride == 2 && t->floats) NAME(depthwise_strips)(t, 2, 0);
  if (t->stride == 1 && !t->floats) NAME(depthwise_strips)(t, 1, 1);
  if (t->stride == 2 && !t->floats) NAME(depthwise_strips)(t, 2, 1);
}

static const spae_byte_kernels NAME(byte_kernels) = {
    PARTS, OFFSET, NAME(convolve_bytes), NAME(convolve_depthwise_bytes), NAME(pack_bytes),
};

#undef NAME_
#undef NAME__
#undef NAME
#undef INLINE
#undef VECTORS
#undef EACH
#undef bvec
#undef bivec
#undef bbytes
#undef DOT
#undef PARTS
#undef OFFSET
#undef BYTES_SET
#undef BYTES_TILE
#undef BYTES_BLOCKS
#undef BYTES_CASES
#undef LANES
