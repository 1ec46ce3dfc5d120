// The kernels, written once with vectors of LANES floats and compiled once per instruction set.
// The includer defines LANES, SET (the name's suffix) and what fits into the registers: TILE pixels
// of a convolution, or PAIR_TILE of two blocks of its channels (none: 0), DEPTHWISE_TILE of a
// depthwise one, TARGETS of a search for the nearest word, QUERIES of an attention, each with
// ATTENTION_BLOCKS vectors of keys or values, TEXTS of a scoring; CASES, DEPTHWISE_CASES and
// TEXTS_CASES are CASE(n) for each n up to that. RECIPROCAL(x) is 1 / x to 11 bits or more, if there
// is one.

#define NAME_(a, b) a##_##b
#define NAME__(a, b) NAME_(a, b)
#define NAME(a) NAME__(a, SET)
#define INLINE static inline __attribute__((always_inline))
#define VECTORS (spae_lanes / LANES)
// Unrolled, so that the arrays indexed by it live in registers.
#define EACH(i, n) _Pragma("clang loop unroll(full)") for (int i = 0; i < (n); i++)

typedef float NAME(vec) __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef int32_t NAME(ivec) __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
#define vec NAME(vec)
#define ivec NAME(ivec)

INLINE vec NAME(load)(const float *from) { return *(const vec *)from; }
INLINE void NAME(store)(float *to, vec value) { *(vec *)to = value; }
INLINE vec NAME(select)(ivec mask, vec yes, vec no) {
  return (vec)(((ivec)yes & mask) | ((ivec)no & ~mask));
}
// Halves are added to each other, so that no addition waits for more than four others.
INLINE float NAME(sum)(vec v) {
#if LANES == 16
  const __auto_type eight = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7) +
                            __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
#else
  const __auto_type eight = v;
#endif
#if LANES >= 8
  const __auto_type four = __builtin_shufflevector(eight, eight, 0, 1, 2, 3) +
                           __builtin_shufflevector(eight, eight, 4, 5, 6, 7);
#else
  const __auto_type four = eight;
#endif
  const __auto_type two = __builtin_shufflevector(four, four, 0, 1) +
                          __builtin_shufflevector(four, four, 2, 3);
  return two[0] + two[1];
}
#define load NAME(load)
#define store NAME(store)
#define select NAME(select)
#define sum NAME(sum)

// e^x to about one unit in the last place: 2^n times a polynomial on [-ln 2 / 2, ln 2 / 2].
INLINE vec NAME(exponential)(vec x) {
  const vec low = (vec){} - 87.0f, high = (vec){} + 88.0f;
  x = select(x < low, low, x);
  x = select(x > high, high, x);
  const vec magic = (vec){} + 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  const vec whole = x * 1.44269504f + magic;
  const vec n = whole - magic;
  vec r = x - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  vec p = (vec){} + 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  // n stands in the lowest bits of `whole`; p is 1 or more where n is least, and below 1 where greatest.
  return (vec)((ivec)p + ((ivec)whole << 23));
}
#define exponential NAME(exponential)

// 1 / x to about one unit in the last place, without a division where there is a faster way.
INLINE vec NAME(reciprocal)(vec x) {
#ifdef RECIPROCAL
  const vec close = (vec)RECIPROCAL(x);
  return close * (2.0f - x * close);
#else
  return 1.0f / x;
#endif
}
#define reciprocal NAME(reciprocal)

INLINE vec NAME(silu)(vec x) { return x * reciprocal(1.0f + exponential(-x)); }
INLINE vec NAME(relu)(vec x) { return select(x > (vec){}, x, (vec){}); }
INLINE vec NAME(relu6)(vec x) {
  const vec six = (vec){} + 6.0f;
  x = NAME(relu)(x);
  return select(x < six, x, six);
}
#define silu NAME(silu)
#define relu NAME(relu)
#define relu6 NAME(relu6)

typedef vec NAME(sums_of_tile)[TILE > PAIR_TILE ? TILE : PAIR_TILE][2 * VECTORS];

// A sum as a whole number of steps, from 0 to a limit, in its lowest bits. Its product is not
// contracted with an addition, so that every instruction set rounds alike.
INLINE vec NAME(steps_over_magic)(vec sum, vec scale, float limit) {
#pragma clang fp contract(off)
  const vec magic = (vec){} + 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  const vec most = (vec){} + limit;
  vec value = relu(sum * scale);
  value = select(value < most, value, most);
  return value + magic;
}

INLINE vec NAME(steps)(vec sum, vec scale, float limit) {
  return NAME(steps_over_magic)(sum, scale, limit) - 12582912.0f;
}

INLINE vec NAME(scaled)(vec sum, vec scale) {
#pragma clang fp contract(off)
  return sum * scale;
}

// Activates and stores what stands in the registers; pixel p goes to output + to[p].
INLINE void NAME(finish)(const spae_convolution *t, NAME(sums_of_tile) sums, float *output,
                         const float *residual, const size_t *to, int pixels, int blocks) {
  const int vectors = blocks * VECTORS;
  if (t->activation == spae_silu)
    EACH(p, pixels)
      EACH(v, vectors) sums[p][v] = silu(sums[p][v]);
  if (t->activation == spae_relu6)
    EACH(p, pixels)
      EACH(v, vectors) sums[p][v] = relu6(sums[p][v]);
  if (t->activation == spae_relu)
    EACH(p, pixels)
      EACH(v, vectors) sums[p][v] = relu(sums[p][v]);
  if (t->scales)
    EACH(v, vectors) {
      const vec scale = load(t->scales + v * LANES);
      EACH(p, pixels) sums[p][v] = t->limit > 0 ? NAME(steps)(sums[p][v], scale, t->limit)
                                                : NAME(scaled)(sums[p][v], scale);
    }
  if (residual)
    EACH(p, pixels)
      EACH(v, vectors) sums[p][v] += load(residual + to[p] + v * LANES);
  EACH(p, pixels)
    EACH(v, vectors) store(output + to[p] + v * LANES, sums[p][v]);
}

// `pixels` neighbouring output pixels of `blocks` blocks of 16 channels: the sums stay in registers
// over every tap.
INLINE void NAME(tile)(const spae_convolution *t, const float *input, float *output,
                       const float *residual, int pixels, int blocks) {
  NAME(sums_of_tile) sums;
  const int vectors = blocks * VECTORS;
  EACH(p, pixels)
    EACH(v, vectors) sums[p][v] = load(t->bias + v * LANES);
  const size_t step = t->input_pixel * t->stride;
  const float *weights = t->weights;
  const size_t block = t->kernel * t->kernel * t->channels * spae_lanes;
  // Without padding between its pixels a row of the window is one pixel of more channels.
  const int dense = t->input_pixel == t->channels;
  const size_t taps = dense ? 1 : t->kernel, channels = t->channels * (dense ? t->kernel : 1);
  for (size_t ky = 0; ky < t->kernel; ky++) {
    for (size_t kx = 0; kx < taps; kx++) {
      const float *tap = input + ky * t->input_row + kx * t->input_pixel;
      for (size_t c = 0; c < channels; c++, weights += spae_lanes) {
        vec w[2 * VECTORS];
        EACH(v, vectors) w[v] = load(weights + v / VECTORS * block + v % VECTORS * LANES);
        EACH(p, pixels)
          EACH(v, vectors) sums[p][v] += tap[p * step + c] * w[v];
      }
    }
  }
  size_t to[TILE > PAIR_TILE ? TILE : PAIR_TILE];
  EACH(p, pixels) to[p] = p * t->output_pixel;
  NAME(finish)(t, sums, output, residual, to, pixels, blocks);
}
#define tile NAME(tile)

INLINE void NAME(convolve_rows)(const spae_convolution *t, size_t widest, int blocks) {
  const size_t step = t->input_pixel * t->stride;
  for (size_t y = 0; y < t->rows; y++) {
    const float *input = t->input + y * t->stride * t->input_row;
    float *output = t->output + y * t->output_row;
    const float *residual = t->residual ? t->residual + y * t->output_row : 0;
    size_t left = t->columns;
    // Tiles of nearly the same width: one pixel alone would take as long as four together.
    for (size_t tiles = (left + widest - 1) / widest; tiles > 0; tiles--) {
      const size_t n = (left + tiles - 1) / tiles;
      switch (n) {
#define CASE(n) \
  case n: \
    if (n <= widest) tile(t, input, output, residual, n, blocks); \
    break;
        CASES
#undef CASE
      }
      input += n * step, output += n * t->output_pixel;
      if (residual) residual += n * t->output_pixel;
      left -= n;
    }
  }
}

// The same for pixels anywhere.
INLINE void NAME(points)(const spae_convolution *t, const size_t *from, const size_t *to,
                         int pixels, int blocks) {
  NAME(sums_of_tile) sums;
  const int vectors = blocks * VECTORS;
  const float *input[TILE > PAIR_TILE ? TILE : PAIR_TILE];
  EACH(p, pixels) input[p] = t->input + from[p];
  EACH(p, pixels)
    EACH(v, vectors) sums[p][v] = load(t->bias + v * LANES);
  const float *weights = t->weights;
  const size_t block = t->kernel * t->kernel * t->channels * spae_lanes;
  const int dense = t->input_pixel == t->channels;
  const size_t taps = dense ? 1 : t->kernel, channels = t->channels * (dense ? t->kernel : 1);
  for (size_t ky = 0; ky < t->kernel; ky++) {
    for (size_t kx = 0; kx < taps; kx++) {
      const size_t tap = ky * t->input_row + kx * t->input_pixel;
      for (size_t c = tap; c < tap + channels; c++, weights += spae_lanes) {
        vec w[2 * VECTORS];
        EACH(v, vectors) w[v] = load(weights + v / VECTORS * block + v % VECTORS * LANES);
        EACH(p, pixels)
          EACH(v, vectors) sums[p][v] += input[p][c] * w[v];
      }
    }
  }
  NAME(finish)(t, sums, t->output, t->residual, to, pixels, blocks);
}

// Tiles that reach over the ends of rows: narrow planes fill them too, and the weights are loaded
// fewer times.
INLINE void NAME(convolve_points)(const spae_convolution *t, size_t widest, int blocks) {
  size_t left = t->cells ? t->columns : t->rows * t->columns, x = 0, y = 0;
  const spae_cell *cell = t->cells;
  for (size_t tiles = (left + widest - 1) / widest; tiles > 0; tiles--) {
    const size_t n = (left + tiles - 1) / tiles;
    size_t from[TILE > PAIR_TILE ? TILE : PAIR_TILE], to[TILE > PAIR_TILE ? TILE : PAIR_TILE];
    for (size_t p = 0; p < n; p++) {
      if (cell) y = cell->row, x = cell->column, cell++;
      from[p] = y * t->stride * t->input_row + x * t->stride * t->input_pixel;
      to[p] = y * t->output_row + x * t->output_pixel;
      if (++x == t->columns) x = 0, y++;
    }
    switch (n) {
#define CASE(n) \
  case n: \
    if (n <= widest) NAME(points)(t, from, to, n, blocks); \
    break;
      CASES
#undef CASE
    }
    left -= n;
  }
}

INLINE void NAME(convolve_blocks)(const spae_convolution *t, size_t widest, int blocks) {
  if (t->cells || (t->kernel == 1 && t->rows > 1 && t->columns % widest))
    NAME(convolve_points)(t, widest, blocks);
  else
    NAME(convolve_rows)(t, widest, blocks);
}

INLINE void NAME(skip_blocks)(spae_convolution *t, size_t blocks) {
  t->output += blocks * spae_lanes;
  if (t->residual) t->residual += blocks * spae_lanes;
  t->weights += blocks * t->kernel * t->kernel * t->channels * spae_lanes;
  t->bias += blocks * spae_lanes;
  if (t->scales) t->scales += blocks * spae_lanes;
  t->blocks -= blocks;
}

static void NAME(convolve)(const spae_convolution *t) {
  spae_convolution rest = *t;
#if PAIR_TILE > 0
  // Two blocks at a time: each number of the input is loaded once for both.
  for (; rest.blocks >= 2; NAME(skip_blocks)(&rest, 2)) NAME(convolve_blocks)(&rest, PAIR_TILE, 2);
#endif
  for (; rest.blocks >= 1; NAME(skip_blocks)(&rest, 1)) NAME(convolve_blocks)(&rest, TILE, 1);
}

typedef uint8_t NAME(bytes) __attribute__((vector_size(LANES), aligned(1), may_alias));

// `pixels` neighbouring output pixels, LANES channels of each. A row of the kernel stays in
// registers, and each input pixel is loaded once for all that look at it. `to` is the first of them
// in the output.
INLINE void NAME(depthwise_tile)(const spae_depthwise *t, const float *input, size_t to,
                                 size_t channel, int pixels, int kernel, int stride) {
  const float *weights = t->weights + channel;
  vec sums[DEPTHWISE_TILE];
  EACH(p, pixels) sums[p] = load(t->bias + channel);
  for (int ky = 0; ky < kernel; ky++, input += t->input_row) {
    vec row[5];
    EACH(kx, kernel) row[kx] = load(weights + (ky * kernel + kx) * t->weights_tap);
    EACH(i, (pixels - 1) * stride + kernel) {
      const vec pixel = load(input + i * t->input_pixel);
      EACH(p, pixels) {
        const int kx = i - p * stride;
        if (kx >= 0 && kx < kernel) sums[p] += pixel * row[kx];
      }
    }
  }
  if (t->bytes) {
    const vec scale = load(t->scales + channel);
    EACH(p, pixels) {
      const ivec steps = (ivec)NAME(steps_over_magic)(sums[p], scale, 255);
      *(NAME(bytes) *)(t->bytes + to + p * t->output_pixel) =
          __builtin_convertvector(steps, NAME(bytes));
    }
    return;
  }
  if (t->activation == spae_silu) EACH(p, pixels) sums[p] = silu(sums[p]);
  if (t->activation == spae_relu6) EACH(p, pixels) sums[p] = relu6(sums[p]);
  if (t->activation == spae_relu) EACH(p, pixels) sums[p] = relu(sums[p]);
  EACH(p, pixels) store(t->output + to + p * t->output_pixel, sums[p]);
}

// Down the rows of a strip of 16 channels: what one row loads stays in the first cache for the next.
INLINE void NAME(depthwise_rows)(const spae_depthwise *t, int kernel, int stride) {
  for (size_t c = 0; c < t->channels; c += spae_lanes) {
    const float *first = t->input + c;
    size_t output = c, left = t->columns;
    for (size_t tiles = (left + DEPTHWISE_TILE - 1) / DEPTHWISE_TILE; tiles > 0; tiles--) {
      const size_t n = (left + tiles - 1) / tiles;
      switch (n) {
#define CASE(n) \
  case n: \
    for (size_t y = 0; y < t->rows; y++) \
      for (size_t v = 0; v < spae_lanes; v += LANES) \
        NAME(depthwise_tile)(t, first + y * stride * t->input_row + v, \
                             output + y * t->output_row + v, c + v, n, kernel, stride); \
    break;
        DEPTHWISE_CASES
#undef CASE
      }
      first += n * stride * t->input_pixel, output += n * t->output_pixel, left -= n;
    }
  }
}

static void NAME(convolve_depthwise)(const spae_depthwise *t) {
  if (t->kernel == 3 && t->stride == 1) NAME(depthwise_rows)(t, 3, 1);
  if (t->kernel == 3 && t->stride == 2) NAME(depthwise_rows)(t, 3, 2);
  if (t->kernel == 5 && t->stride == 1) NAME(depthwise_rows)(t, 5, 1);
  if (t->kernel == 5 && t->stride == 2) NAME(depthwise_rows)(t, 5, 2);
}

INLINE void NAME(to_byte)(vec value, uint8_t *bytes, float inverse) {
#pragma clang fp contract(off)
  const vec magic = (vec){} + 12582912.0f, low = (vec){} - 128.0f, high = (vec){} + 127.0f;
  value = value * inverse;
  value = select(value > low, value, low);
  value = select(value < high, value, high);
  const ivec whole = (ivec)(value + magic) - (ivec)magic + 128;
  *(NAME(bytes) *)bytes = __builtin_convertvector(whole, NAME(bytes));
}

static void NAME(to_bytes)(const float *values, uint8_t *bytes, size_t count, float inverse) {
  for (size_t i = 0; i < count; i += LANES) NAME(to_byte)(load(values + i), bytes + i, inverse);
}

// Squares are added in 16 lanes and then in halves, whatever the vectors' length.
static void NAME(normalise_to_bytes)(const float *input, uint8_t *bytes, const float *gain,
                                     size_t pixels, size_t padded, size_t channels,
                                     float inverse) {
#pragma clang fp contract(off)
  for (size_t p = 0; p < pixels; p++, input += padded, bytes += padded) {
    vec squares[VECTORS] = {};
    for (size_t c = 0; c < padded; c += spae_lanes)
      EACH(v, VECTORS) {
        const vec value = load(input + c + v * LANES);
        squares[v] = squares[v] + value * value;
      }
    for (int half = VECTORS / 2; half > 0; half /= 2)
      for (int v = 0; v < half; v++) squares[v] = squares[v] + squares[v + half];
    const float scale = 1.0f / __builtin_sqrtf(sum(squares[0]) / (float)channels + 1e-6f);
    for (size_t c = 0; c < padded; c += LANES)
      NAME(to_byte)(load(input + c) * scale * load(gain + c), bytes + c, inverse);
  }
}

static void NAME(normalise)(const float *input, float *output, const float *gain, size_t pixels,
                            size_t padded, size_t channels) {
  for (size_t p = 0; p < pixels; p++, input += padded, output += padded) {
    vec squares = {};
    for (size_t c = 0; c < padded; c += LANES) squares += load(input + c) * load(input + c);
    const float scale = 1.0f / __builtin_sqrtf(sum(squares) / (float)channels + 1e-6f);
    for (size_t c = 0; c < padded; c += LANES)
      store(output + c, load(input + c) * scale * load(gain + c));
  }
}

// The best score of each lane so far, and the part of the codes that it came from.
typedef struct {
  vec score[TARGETS];
  ivec part[TARGETS];
} NAME(best);

// The scores of `vectors` neighbouring vectors of codes, so that each target is loaded once for all of
// them and there are sums enough to hide each other's latency.
INLINE void NAME(nearest_scores)(const float *targets, size_t d, const float *codes,
                                 const float *half_norms, size_t first, vec scores[TARGETS][2],
                                 int count, int vectors) {
  const float *vector[2];
  EACH(u, vectors) {
    const size_t b = (first + u) / VECTORS, lane = (first + u) % VECTORS * LANES;
    vector[u] = codes + b * d * spae_lanes + lane;
    EACH(p, count) scores[p][u] = -load(half_norms + b * spae_lanes + lane);
  }
  for (size_t i = 0; i < d; i++) {
    vec code[2];
    EACH(u, vectors) code[u] = load(vector[u] + i * spae_lanes);
    EACH(p, count)
      EACH(u, vectors) scores[p][u] += targets[p * d + i] * code[u];
  }
}

INLINE vec NAME(higher)(vec a, vec b) { return select(a > b, a, b); }

// The vectors of codes whose best scores are found before any is noted.
enum { NAME(part_vectors) = 16 };

INLINE void NAME(nearest_part)(const float *targets, size_t d, const float *codes,
                               const float *half_norms, size_t part, size_t end, NAME(best) *best,
                               int count) {
  vec highest[TARGETS], scores[TARGETS][2];
  EACH(p, count) highest[p] = (vec){} - __builtin_inff();
  size_t first = part * NAME(part_vectors);
  for (; first + 2 <= end; first += 2) {
    NAME(nearest_scores)(targets, d, codes, half_norms, first, scores, count, 2);
    EACH(p, count)
      highest[p] = NAME(higher)(highest[p], NAME(higher)(scores[p][0], scores[p][1]));
  }
  if (first < end) {
    NAME(nearest_scores)(targets, d, codes, half_norms, first, scores, count, 1);
    EACH(p, count) highest[p] = NAME(higher)(highest[p], scores[p][0]);
  }
  EACH(p, count) {
    const ivec better = highest[p] > best->score[p];
    best->score[p] = select(better, highest[p], best->score[p]);
    best->part[p] = (better & (int32_t)part) | (~better & best->part[p]);
  }
}

// The first word of a part that has a score in some lane; or none.
static int32_t NAME(word_of_score)(const float *target, size_t d, const float *codes,
                                   const float *half_norms, size_t part, size_t end, int lane,
                                   float score) {
  for (size_t v = part * NAME(part_vectors); v < end; v++) {
    vec scores[TARGETS][2];
    NAME(nearest_scores)(target, d, codes, half_norms, v, scores, 1, 1);
    if (scores[0][0][lane] == score) return (int32_t)(v * LANES) + lane;
  }
  return INT32_MAX;
}

INLINE void NAME(nearest_tile)(const float *targets, size_t d, const float *codes,
                               const float *half_norms, size_t blocks, int32_t *words, int count) {
  const size_t vectors = blocks * VECTORS, length = NAME(part_vectors);
  NAME(best) best;
  EACH(p, count) best.score[p] = (vec){} - __builtin_inff(), best.part[p] = (ivec){};
  for (size_t part = 0; part * length < vectors; part++) {
    const size_t end = (part + 1) * length;
    NAME(nearest_part)(targets, d, codes, half_norms, part, end < vectors ? end : vectors, &best,
                       count);
  }
  for (int p = 0; p < count; p++) {
    float highest = best.score[p][0];
    for (int lane = 1; lane < LANES; lane++)
      if (best.score[p][lane] > highest) highest = best.score[p][lane];
    int32_t word = INT32_MAX;
    for (int lane = 0; lane < LANES; lane++) {
      if (best.score[p][lane] != highest) continue;
      const size_t part = best.part[p][lane], end = (part + 1) * length;
      const int32_t own = NAME(word_of_score)(targets + p * d, d, codes, half_norms, part,
                                              end < vectors ? end : vectors, lane, highest);
      if (own < word) word = own;
    }
    words[p] = word == INT32_MAX ? 0 : word;
  }
}

static void NAME(nearest)(const float *targets, size_t count, size_t d, const float *codes,
                          const float *half_norms, size_t blocks, int32_t *words) {
  size_t i = 0;
  for (; i + TARGETS <= count; i += TARGETS)
    NAME(nearest_tile)(targets + i * d, d, codes, half_norms, blocks, words + i, TARGETS);
  for (; i + 4 <= count; i += 4)
    NAME(nearest_tile)(targets + i * d, d, codes, half_norms, blocks, words + i, 4);
  // The codes take as long to load as a few targets do to be compared with them.
  if (count - i == 3) NAME(nearest_tile)(targets + i * d, d, codes, half_norms, blocks, words + i, 3);
  if (count - i == 2) NAME(nearest_tile)(targets + i * d, d, codes, half_norms, blocks, words + i, 2);
  if (count - i == 1) NAME(nearest_tile)(targets + i * d, d, codes, half_norms, blocks, words + i, 1);
}

// The scores of `count` queries for `blocks` vectors of keys, so that a number of a query is loaded
// once for all of them and a key once for all queries.
INLINE void NAME(attend_scores)(const spae_attention *t, const float *queries, float *shares,
                                size_t row, vec *highest, size_t from, int count, int blocks) {
  const float *keys[ATTENTION_BLOCKS];
  vec scores[ATTENTION_BLOCKS][QUERIES];
  EACH(b, blocks) {
    const size_t j = from + b * LANES;
    keys[b] = t->keys + j / spae_lanes * t->dim * spae_lanes + j % spae_lanes;
    EACH(q, count) scores[b][q] = (vec){};
  }
  for (size_t i = 0; i < t->dim; i++) {
    vec key[ATTENTION_BLOCKS];
    EACH(b, blocks) key[b] = load(keys[b] + i * spae_lanes);
    EACH(q, count) {
      const float query = queries[q * t->query_stride + i];
      EACH(b, blocks) scores[b][q] += query * key[b];
    }
  }
  EACH(b, blocks) EACH(q, count) {
    scores[b][q] *= t->scale;
    store(shares + q * row + from + b * LANES, scores[b][q]);
  }
  if (t->tokens - from >= (size_t)blocks * LANES) {
    EACH(b, blocks) EACH(q, count)
      highest[q] = select(scores[b][q] > highest[q], scores[b][q], highest[q]);
    return;
  }
  // Behind the last token is nothing that could be looked at.
  EACH(q, count) {
    float *own = shares + q * row;
    for (size_t j = t->tokens; j < from + blocks * LANES; j++) own[j] = -__builtin_inff();
    EACH(b, blocks) {
      const vec kept = load(own + from + b * LANES);
      highest[q] = select(kept > highest[q], kept, highest[q]);
    }
  }
}

// The values of all tokens, mixed for `count` queries by their shares: `blocks` vectors of each value.
INLINE void NAME(attend_mix)(const spae_attention *t, const float *shares, size_t row,
                             const vec *total, float *output, size_t i, int count, int blocks) {
  vec mixed[ATTENTION_BLOCKS][QUERIES];
  EACH(b, blocks) EACH(q, count) mixed[b][q] = (vec){};
  for (size_t j = 0; j < t->tokens; j++) {
    vec value[ATTENTION_BLOCKS];
    EACH(b, blocks) value[b] = load(t->values + j * t->dim + i + b * LANES);
    EACH(q, count) {
      const float share = shares[q * row + j];
      EACH(b, blocks) mixed[b][q] += share * value[b];
    }
  }
  EACH(b, blocks) EACH(q, count)
    store(output + q * t->output_stride + i + b * LANES, mixed[b][q] / sum(total[q]));
}

// `count` queries at a time, so that each key and each value is loaded once for all of them.
INLINE void NAME(attend_tile)(const spae_attention *t, const float *queries, float *output,
                              int count) {
  // A vector more: rows that lie a power of two apart would share the same few lines of the cache.
  const size_t row = (t->tokens + spae_lanes - 1) / spae_lanes * spae_lanes + spae_lanes;
  const size_t wide = ATTENTION_BLOCKS * LANES;
  float *shares = t->scratch;  // [count][row]
  vec highest[QUERIES], total[QUERIES];
  EACH(q, count) highest[q] = (vec){} - __builtin_inff();
  size_t from = 0;
  for (; from + wide <= t->tokens; from += wide)
    NAME(attend_scores)(t, queries, shares, row, highest, from, count, ATTENTION_BLOCKS);
  for (; from < t->tokens; from += LANES)
    NAME(attend_scores)(t, queries, shares, row, highest, from, count, 1);
  EACH(q, count) {
    float top = highest[q][0];
    for (int lane = 1; lane < LANES; lane++) top = highest[q][lane] > top ? highest[q][lane] : top;
    total[q] = (vec){};
    for (size_t j = 0; j < t->tokens; j += LANES) {
      const vec share = exponential(load(shares + q * row + j) - top);
      store(shares + q * row + j, share);
      total[q] += share;
    }
  }
  size_t i = 0;
  for (; i + wide <= t->dim; i += wide)
    NAME(attend_mix)(t, shares, row, total, output, i, count, ATTENTION_BLOCKS);
  for (; i < t->dim; i += LANES) NAME(attend_mix)(t, shares, row, total, output, i, count, 1);
}

static void NAME(attend)(const spae_attention *t) {
  size_t q = 0;
  for (; q + QUERIES <= t->count; q += QUERIES)
    NAME(attend_tile)(t, t->queries + q * t->query_stride, t->output + q * t->output_stride,
                      QUERIES);
  for (; q < t->count; q++)
    NAME(attend_tile)(t, t->queries + q * t->query_stride, t->output + q * t->output_stride, 1);
}

INLINE void NAME(widen_row)(const uint16_t *halves, float *floats, size_t count) {
  typedef _Float16 half __attribute__((may_alias));
  for (size_t i = 0; i < count; i++) floats[i] = (float)((const half *)halves)[i];
}

static void NAME(widen)(const uint16_t *halves, float *floats, size_t count) {
  NAME(widen_row)(halves, floats, count);
}

static void NAME(weights_to_bytes)(const uint16_t *halves, size_t rows, size_t count,
                                   int8_t *bytes, float *inverses) {
#pragma clang fp contract(off)
  enum { part = 256 };
  float floats[part];
  for (size_t row = 0; row < rows; row++, halves += count, bytes += count) {
    uint16_t most = 0;  // magnitudes are in the order of their bits
    for (size_t i = 0; i < count; i++) {
      const uint16_t magnitude = halves[i] & 0x7FFF;
      most = magnitude > most ? magnitude : most;
    }
    NAME(widen_row)(&most, floats, 1);
    const float inverse = most ? 127.0f / floats[0] : 1.0f;
    inverses[row] = inverse;
    for (size_t from = 0; from < count; from += part) {
      const size_t own = count - from < part ? count - from : part;
      NAME(widen_row)(halves + from, floats, own);
      for (size_t i = 0; i < own; i++) {
        const float value = floats[i] * inverse;
        bytes[from + i] = (int8_t)(int32_t)((value + 12582912.0f) - 12582912.0f);
      }
    }
  }
}

// As many sums as hide each other's latency: what this instruction set can do at most.
static void NAME(multiply_add)(float *numbers, size_t rounds) {
  const vec factor = (vec){} + numbers[0], term = (vec){} + numbers[1];
  vec sums[12] = {};
  for (size_t round = 0; round < rounds; round++)
    for (size_t v = 0; v < VECTORS; v++) EACH(i, 12) sums[i] = sums[i] * factor + term;
  vec whole = {};
  EACH(i, 12) whole += sums[i];
  numbers[0] = sum(whole);
}

// Every second lane of two vectors, from the first or from the second on.
#if LANES == 16
#define EVENS(a, b) \
  __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30)
#define ODDS(a, b) \
  __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31)
#elif LANES == 8
#define EVENS(a, b) __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14)
#define ODDS(a, b) __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15)
#else
#define EVENS(a, b) __builtin_shufflevector(a, b, 0, 2, 4, 6)
#define ODDS(a, b) __builtin_shufflevector(a, b, 1, 3, 5, 7)
#endif

// The sums of LANES vectors in one: neighbours are added to each other until one is left.
INLINE vec NAME(sums)(const vec *vectors) {
  vec left[LANES];
  EACH(i, LANES) left[i] = vectors[i];
  EACH(step, 4) {
    const int half = LANES >> (step + 1);
    EACH(i, half)
      left[i] = EVENS(left[2 * i], left[2 * i + 1]) + ODDS(left[2 * i], left[2 * i + 1]);
  }
  return left[0];
}

// Of two rows and several texts, each rounded up to whole vectors.
#define PRODUCTS ((2 * TEXTS + LANES - 1) / LANES * LANES)

// Two rows and several texts at a time, so that each vector is loaded once for all of them; all are
// summed up together, [text][row].
INLINE void NAME(score_tile)(const float *rows, const float *texts, size_t width, vec biases,
                             float *scores, int count) {
  vec sums[PRODUCTS] = {};
  for (size_t i = 0; i < width; i += LANES) {
    const vec first = load(rows + i), second = load(rows + width + i);
    EACH(p, count) {
      const vec text = load(texts + p * width + i);
      sums[2 * p] += first * text;
      sums[2 * p + 1] += second * text;
    }
  }
  for (int i = 0; i < 2 * count; i += LANES) store(scores + i, NAME(sums)(sums + i) - biases);
}

static void NAME(score)(const uint16_t *table, const float *bias, size_t rows, size_t width,
                        const float *texts, size_t places, float *scores, size_t stride) {
  // The caller checks width <= 8192 and that it is a multiple of 16.
  float pair[2 * 8192], found[PRODUCTS];
  for (size_t r = 0; r < rows; r += 2) {
    const size_t count = rows - r < 2 ? 1 : 2;
    NAME(widen_row)(table + r * width, pair, count * width);
    // The last row of an odd number is scored twice.
    if (count == 1) NAME(widen_row)(table + r * width, pair + width, width);
    vec biases;
    EACH(i, LANES) biases[i] = bias[r + (i % 2 < count ? i % 2 : 0)];
    // The table comes from far away, in pieces too short for the processor to see a stream.
    for (size_t i = 0; r + 14 <= rows && i < 2 * width; i += 32)
      __builtin_prefetch(table + (r + 12) * width + i);
    const size_t tiles = (places + TEXTS - 1) / TEXTS;
    for (size_t k = 0; k < tiles; k++) {
      const size_t p = places * k / tiles, n = places * (k + 1) / tiles - p;
      switch (n) {
#define CASE(n) \
  case n: NAME(score_tile)(pair, texts + p * width, width, biases, found, n); break;
        TEXTS_CASES
#undef CASE
      }
      // Of a size that is known: else each pair would be a call.
      for (size_t i = 0; i < n; i++) {
        float *const target = scores + (p + i) * stride + r;
        if (count == 2)
          __builtin_memcpy(target, found + 2 * i, 8);
        else
          *target = found[2 * i];
      }
    }
  }
}

// The first number above a threshold, from a place on; or `count`.
static size_t NAME(find_above)(const float *values, size_t from, size_t count, float threshold) {
  for (; from + 64 <= count; from += 64) {
    ivec found = {};
    for (size_t i = 0; i < 64; i += LANES) found |= load(values + from + i) > threshold;
    int32_t any = 0;
    EACH(i, LANES) any |= found[i];
    if (any) break;
  }
  while (from < count && !(values[from] > threshold)) from++;
  return from;
}

// 16 rows side by side, so that whole vectors are written.
static void NAME(pack)(const uint16_t *halves, size_t outputs, size_t inputs, size_t taps,
                       float *packed) {
  const size_t row = inputs * taps;
  for (size_t first = 0; first < outputs; first += spae_lanes) {
    const size_t count = outputs - first < spae_lanes ? outputs - first : spae_lanes;
    const uint16_t *source = halves + first * row;
    float *block = packed + first * row;
    for (size_t input = 0; input < inputs; input++) {
      for (size_t tap = 0; tap < taps; tap++, source++) {
        uint16_t lanes[spae_lanes] = {0};
        if (count == spae_lanes)
          EACH(lane, spae_lanes) lanes[lane] = source[lane * row];
        else
          for (size_t lane = 0; lane < count; lane++) lanes[lane] = source[lane * row];
        NAME(widen_row)(lanes, block + (tap * inputs + input) * spae_lanes, spae_lanes);
      }
    }
  }
}

static size_t NAME(find_infinite)(const uint16_t *halves, size_t count) {
  size_t i = 0;
  for (; i + 256 <= count; i += 256) {
    uint16_t found = 0;
    for (size_t j = 0; j < 256; j++) found |= (halves[i + j] & 0x7C00) == 0x7C00;
    if (found) break;
  }
  while (i < count && (halves[i] & 0x7C00) != 0x7C00) i++;
  return i;
}

// One pixel, as three numbers and a fourth that counts for nothing.
typedef int32_t NAME(quad) __attribute__((vector_size(16), aligned(4), may_alias));
typedef uint8_t NAME(pixel) __attribute__((vector_size(4), aligned(1), may_alias));
#define quad NAME(quad)

// Sums of weighted values, as values of 8 bits.
#define ROUNDED(type, sum)                                                 \
  ({                                                                       \
    const type half = (type){} + (1 << (spae_weight_bits - 1));            \
    const type value = ((sum) + half) >> spae_weight_bits;                 \
    const type low = value & (value > 0), high = (type){} + 255;           \
    (high & (low > high)) | (low & ~(low > high));                         \
  })

// LANES / 4 taps at a time, each with its weight in four lanes.
static void NAME(resample_rows)(const spae_resampling *t) {
  const size_t last = t->source_columns - 1;
  int32_t *const wide = t->scratch;
  for (size_t y = 0; y < t->rows; y++) {
    const uint8_t *source = t->source + y * t->source_row;
    uint8_t *target = t->target + y * t->target_row;
    for (size_t x = 0; x < last; x++)
      *(quad *)(wide + 4 * x) =
          __builtin_convertvector(*(const NAME(pixel) *)(source + 3 * x), quad);
    for (size_t c = 0; c < 3; c++) wide[4 * last + c] = source[3 * last + c];
    for (size_t x = 0; x < t->columns; x++) {
      const int32_t *pixels = wide + 4 * t->first[x];
      const int32_t *weights = t->weights + 4 * t->taps * x;
      ivec sums = {};
      _Pragma("clang loop unroll(disable)")
      for (size_t i = 0; i < 4 * t->taps; i += LANES)
        sums += *(const ivec *)(pixels + i) * *(const ivec *)(weights + i);
      quad parts[LANES / 4], whole = {};
      __builtin_memcpy(parts, &sums, sizeof sums);
      EACH(i, LANES / 4) whole += parts[i];
      const NAME(pixel) colour = __builtin_convertvector(ROUNDED(quad, whole), NAME(pixel));
      // A pixel's fourth byte is the next one's first, which is written after it.
      if (x + 1 < t->columns)
        *(NAME(pixel) *)(target + 3 * x) = colour;
      else
        for (size_t c = 0; c < 3; c++) target[3 * x + c] = colour[c];
    }
  }
}

static void NAME(resample_columns)(const spae_resampling *t) {
  const size_t width = 3 * t->columns;
  for (size_t y = 0; y < t->rows; y++) {
    const uint8_t *source = t->source + t->first[y] * t->source_row;
    const int32_t *weights = t->weights + t->taps * y;
    uint8_t *target = t->target + y * t->target_row;
    size_t x = 0;
    for (; x + 4 * LANES <= width; x += 4 * LANES) {
      ivec sums[4] = {};
      for (size_t k = 0; k < t->taps; k++) {
        const NAME(bytes) *at = (const NAME(bytes) *)(source + k * t->source_row + x);
        EACH(i, 4) sums[i] += __builtin_convertvector(at[i], ivec) * weights[k];
      }
      EACH(i, 4)
        ((NAME(bytes) *)(target + x))[i] =
            __builtin_convertvector(ROUNDED(ivec, sums[i]), NAME(bytes));
    }
    for (; x < width; x++) {
      int32_t sum = 1 << (spae_weight_bits - 1);
      for (size_t k = 0; k < t->taps; k++) sum += source[k * t->source_row + x] * weights[k];
      sum >>= spae_weight_bits;
      target[x] = sum < 0 ? 0 : sum > 255 ? 255 : sum;
    }
  }
}

// Pixels of about the same colour are counted together; a bin's fourth number is how many it has.
static void NAME(count_colours)(const uint8_t *pixels, size_t count, uint32_t *bins) {
  for (size_t i = 0; i < count; i++, pixels += 3) {
    const int32_t key = pixels[0] >> 3 << 10 | pixels[1] >> 3 << 5 | pixels[2] >> 3;
    *(quad *)(bins + 4 * key) += (quad){pixels[0], pixels[1], pixels[2], 1};
  }
}

typedef float NAME(colour) __attribute__((vector_size(16), aligned(4), may_alias));
#define colour NAME(colour)

// The colour of the palette with the least squared distance, of which the last bits do not count:
// the colour's number stands there, so that the nearest is the least number.
static __attribute__((noinline)) int32_t NAME(nearest_colour)(const spae_diffusion *t,
                                                              colour wanted) {
  ivec least = (ivec){} + INT32_MAX, number;
  EACH(lane, LANES) number[lane] = lane;
  for (size_t i = 0; i < t->colours; i += LANES, number += LANES) {
    vec distance = {};
    EACH(axis, 3) {
      const vec away = load(t->axes + axis * t->colours + i) - wanted[axis];
      distance += away * away;
    }
    const ivec found = ((ivec)distance & ~255) | number;
    const ivec isLess = found < least;
    least = (isLess & found) | (~isLess & least);
  }
  return __builtin_reduce_min(least) & 255;
}

// One row of some bands, which wait for nothing of each other: `above` and `below` are the errors
// handed from row to row, [band][width + 2].
INLINE void NAME(diffuse_row)(const spae_diffusion *t, size_t top, size_t apart, int bands,
                              const colour *above, colour *below) {
  const ptrdiff_t step = top & 1 ? -1 : 1;
  const size_t width = t->width, margin = width + 2;
  const uint8_t *const pixels = t->pixels;
  const colour *const palette = (const colour *)t->palette;
  int16_t *const known = t->known;
  uint8_t *const indices = t->indices;
  const colour bright = (colour){} + 255.0f;
  // What brings five bits of each channel to their places in a key of 15 bits.
  const colour places = {128, 4, 0.125f, 0};
  const quad bits = {31 << 10, 31 << 5, 31, 0};
  ptrdiff_t x = step > 0 ? 0 : width - 1;
  colour last[spae_bands] = {}, part[spae_bands] = {};
  for (size_t i = 0; i < width; i++, x += step) {
    EACH(b, bands) {
      const size_t at = (top + b * apart) * width + x;
      const uint8_t *pixel = pixels + 3 * at;
      const uint32_t packed = pixel[0] | pixel[1] << 8 | (uint32_t)pixel[2] << 16;
      const quad own = __builtin_convertvector(*(const NAME(pixel) *)&packed, quad);
      colour wanted = __builtin_convertvector(own, colour) + above[b * margin + x + 1];
      wanted += last[b] * 7.0f;
      // More than can be shown would leave trails.
      wanted = (colour)((quad)wanted & (wanted > 0.0f));
      const quad isLow = wanted < bright;
      wanted = (colour)(((quad)wanted & isLow) | ((quad)bright & ~isLow));
      quad key = __builtin_convertvector(wanted * places, quad) & bits;
      key |= __builtin_shufflevector(key, key, 2, 3, 2, 3);
      key |= __builtin_shufflevector(key, key, 1, 1, 1, 1);
      int32_t index = known[key[0]];
      if (__builtin_expect(index < 0, 0)) known[key[0]] = index = NAME(nearest_colour)(t, wanted);
      indices[at] = index;
      const colour error = (wanted - palette[index]) * 0.0625f;
      below[b * margin + x + 1 - step] = part[b] + error * 3.0f;
      part[b] = last[b] + error * 5.0f;
      last[b] = error;
    }
  }
  EACH(b, bands) below[b * margin + x + 1 - step] = part[b];
}

// Rows of some bands, `apart` rows from each other; gives the errors that the last one hands on.
INLINE void NAME(diffuse_rows)(const spae_diffusion *t, size_t from, size_t to, size_t apart,
                               int bands, colour **above, colour **below) {
  for (size_t row = from; row < to; row++) {
    NAME(diffuse_row)(t, row, apart, bands, *above, *below);
    colour *const old = *above;
    *above = *below, *below = old;
  }
}

// Four bands of the picture at once: within one every pixel waits for the one before it.
static void NAME(diffuse)(const spae_diffusion *t) {
  const size_t width = t->width + 2, others = (spae_bands - 1) * width;
  const size_t settling = 8;  // rows after which it does not matter where a band began
  const size_t apart = t->height / spae_bands & ~(size_t)1;  // each begins from left to right
  colour *above = (colour *)t->errors, *below = above + spae_bands * width;
  size_t done = 0;
  if (apart >= 2 * settling) {
    // The rows before each band but the first are done once more by the band they belong to.
    NAME(diffuse_rows)(t, apart - settling, apart, apart, spae_bands - 1, &above, &below);
    __builtin_memmove(above + width, above, others * sizeof *above);
    __builtin_memset(above, 0, width * sizeof *above);
    NAME(diffuse_rows)(t, 0, apart, apart, spae_bands, &above, &below);
    __builtin_memmove(above, above + others, width * sizeof *above);
    done = spae_bands * apart;
  }
  NAME(diffuse_rows)(t, done, t->height, 0, 1, &above, &below);
}

// The cube root of what is not negative: a first guess from the exponent, then Newton's method.
INLINE vec NAME(cube_root)(vec x) {
  const vec bits = __builtin_convertvector((ivec)x, vec) * (1.0f / 3) + 709921077.0f;
  vec root = (vec)__builtin_convertvector(bits, ivec);
  EACH(step, 3) root = (root + root + x / (root * root)) * (1.0f / 3);
  return select(x > 0.0f, root, (vec){});
}

// Lightness, green to red, blue to yellow: Oklab (Ottosson, 2020).
static void NAME(oklab)(float *red, float *green, float *blue, size_t count) {
  for (size_t i = 0; i < count; i += LANES) {
    const vec r = load(red + i), g = load(green + i), b = load(blue + i);
    const vec l = NAME(cube_root)(0.4122214708f * r + 0.5363325363f * g + 0.0514459929f * b);
    const vec m = NAME(cube_root)(0.2119034982f * r + 0.6806995451f * g + 0.1073969566f * b);
    const vec s = NAME(cube_root)(0.0883024619f * r + 0.2817188376f * g + 0.6299787005f * b);
    store(red + i, 0.2104542553f * l + 0.7936177850f * m - 0.0040720468f * s);
    store(green + i, 1.9779984951f * l - 2.4285922050f * m + 0.4505937099f * s);
    store(blue + i, 0.0259040371f * l + 0.7827717662f * m - 0.8086757660f * s);
  }
}

// The squared distances of 16 colours from a place.
INLINE void NAME(distances)(const float *axes, size_t apart, const float *const place[3],
                            size_t at, float weight, vec *distances) {
  EACH(v, VECTORS) {
    vec sum = {};
    EACH(axis, 3) {
      const vec away = load(axes + axis * apart + v * LANES) - place[axis][at];
      sum += away * away;
    }
    distances[v] = sum * weight;
  }
}

static void NAME(mix)(const spae_mixing *t) {
  enum { quarters = 3, colours = 16, mixtures = quarters * colours };
  const float *const place[3] = {t->places, t->places + 5 * t->padded, t->places + 10 * t->padded};
  for (size_t cell = 0; cell < t->cells; cell++) {
    vec errors[4][VECTORS], whole[mixtures][VECTORS], all[VECTORS] = {};
    EACH(p, 4) {
      NAME(distances)(t->colours, colours, place, p * t->padded + cell, t->detail, errors[p]);
      EACH(v, VECTORS) all[v] += errors[p][v];
    }
    for (size_t i = 0; i < mixtures; i++)
      NAME(distances)(t->mixtures + i * colours, mixtures * colours, place,
                      4 * t->padded + cell, 1, whole[i]);
    vec least[VECTORS];
    ivec where[VECTORS] = {};
    EACH(v, VECTORS) least[v] = (vec){} + __builtin_inff();
    for (size_t pattern = 0; pattern < t->count; pattern++) {
      const int bits = t->patterns[pattern];
      float front[colours];
      vec behind[VECTORS];
      EACH(v, VECTORS) {
        vec sum = {};
        EACH(p, 4) if (bits >> p & 1) sum += errors[p][v];
        store(front + v * LANES, sum);
        behind[v] = all[v] - sum;
      }
      const size_t first = (__builtin_popcount(bits) - 1) * colours;
      for (int32_t c = 0; c < colours; c++) {
        const int32_t code = (int32_t)pattern << 8 | c << 4;
        EACH(v, VECTORS) {
          const vec cost = whole[first + c][v] + (behind[v] + front[c]);
          const ivec isLess = cost < least[v];
          least[v] = select(isLess, cost, least[v]);
          where[v] = (isLess & code) | (~isLess & where[v]);
        }
      }
    }
    float lowest = least[0][0];
    int32_t best = where[0][0];
    for (int lane = 1; lane < colours; lane++) {
      const float cost = least[lane / LANES][lane % LANES];
      if (cost < lowest) lowest = cost, best = where[lane / LANES][lane % LANES] | lane;
    }
    t->found[cell] = best;
  }
}

#define KERNELS                                                                                \
  NAME(convolve), NAME(convolve_depthwise), NAME(to_bytes), NAME(normalise_to_bytes),          \
      NAME(weights_to_bytes), NAME(normalise), NAME(nearest), NAME(attend), NAME(score), NAME(widen), NAME(pack),      \
      NAME(find_infinite), NAME(find_above), NAME(resample_rows), NAME(resample_columns),      \
      NAME(multiply_add), NAME(count_colours), NAME(diffuse), NAME(oklab), NAME(mix)

static const spae_kernels NAME(spae_kernels) = {SPAE_SET_NAME, &BYTE_KERNELS, KERNELS};
#ifdef DOT_BYTE_KERNELS
static const spae_kernels NAME(spae_kernels_with_dots) = {
    DOT_SET_NAME, &DOT_BYTE_KERNELS, KERNELS,
};
#endif

#undef NAME_
#undef NAME__
#undef NAME
#undef INLINE
#undef VECTORS
#undef EACH
#undef vec
#undef ivec
#undef load
#undef store
#undef select
#undef sum
#undef exponential
#undef reciprocal
#undef silu
#undef relu
#undef relu6
#undef tile
#undef LANES
#undef TILE
#undef PAIR_TILE
#undef CASES
#undef RECIPROCAL
#undef DEPTHWISE_TILE
#undef DEPTHWISE_CASES
#undef QUERIES
#undef ATTENTION_BLOCKS
#undef TARGETS
#undef TEXTS
#undef TEXTS_CASES
#undef PRODUCTS
#undef EVENS
#undef ODDS
#undef quad
#undef colour
#undef ROUNDED
#undef KERNELS
#undef SET
#undef BYTE_KERNELS
#undef DOT_BYTE_KERNELS
#undef DOT_SET_NAME
#undef SPAE_SET_NAME
