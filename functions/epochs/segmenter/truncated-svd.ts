/** A sparse matrix by rows: row `i` has the entries from `starts[i]` to before `starts[i + 1]`. Square. */
export interface SparseMatrix {
  readonly size: number;
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float32Array;
}

const iterations = 4;

/**
 * The rows of the matrix in the space of its strongest `dimension` directions, each direction scaled by the root of its strength; row by
 * row in one array. Subspace iteration from a fixed start: the same matrix gives the same numbers.
 */
export function truncatedSvd(matrix: SparseMatrix, dimension: number): Float64Array {
  let basis = orthogonal(startOf(matrix.size, dimension), dimension);
  for (let iteration = 0; iteration < iterations; iteration++)
    basis = orthogonal(timesTransposed(matrix, times(matrix, basis, dimension), dimension), dimension);
  const projected = times(matrix, basis, dimension);
  for (let column = 0; column < dimension; column++) {
    const strength = Math.sqrt(columnNorm(projected, column, dimension)) || 1;
    for (let at = column; at < projected.length; at += dimension) projected[at] = (projected[at] ?? 0) / strength;
  }
  return projected;
}

/** Pseudo-random numbers, the same in each run (mulberry32). */
function startOf(size: number, dimension: number): Float64Array {
  let seed = 1;
  return Float64Array.from({ length: size * dimension }, () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 - 0.5;
  });
}

function times({ size, starts, columns, values }: SparseMatrix, dense: Float64Array, dimension: number): Float64Array {
  const product = new Float64Array(size * dimension);
  for (let row = 0; row < size; row++) {
    const to = row * dimension;
    for (let at = starts[row] ?? 0; at < (starts[row + 1] ?? 0); at++) {
      const from = (columns[at] ?? 0) * dimension;
      const value = values[at] ?? 0;
      for (let k = 0; k < dimension; k++) product[to + k] = (product[to + k] ?? 0) + value * (dense[from + k] ?? 0);
    }
  }
  return product;
}

function timesTransposed({ size, starts, columns, values }: SparseMatrix, dense: Float64Array, dimension: number): Float64Array {
  const product = new Float64Array(size * dimension);
  for (let row = 0; row < size; row++) {
    const from = row * dimension;
    for (let at = starts[row] ?? 0; at < (starts[row + 1] ?? 0); at++) {
      const to = (columns[at] ?? 0) * dimension;
      const value = values[at] ?? 0;
      for (let k = 0; k < dimension; k++) product[to + k] = (product[to + k] ?? 0) + value * (dense[from + k] ?? 0);
    }
  }
  return product;
}

const columnNorm = (dense: Float64Array, column: number, dimension: number): number => {
  let sum = 0;
  for (let at = column; at < dense.length; at += dimension) sum += (dense[at] ?? 0) ** 2;
  return Math.sqrt(sum);
};

/** Makes the columns orthonormal. A column that depends on earlier ones becomes zero. */
function orthogonal(dense: Float64Array, dimension: number): Float64Array {
  const size = dense.length / dimension;
  // Each column is copied to one array: walking a column in steps of a row takes several times as long.
  const columns = Array.from({ length: dimension }, (_, k) =>
    Float64Array.from({ length: size }, (_, row) => dense[row * dimension + k] ?? 0),
  );
  for (const [k, column] of columns.entries()) {
    const before = Math.sqrt(dot(column, column));
    for (const other of columns.slice(0, k)) {
      const shared = dot(column, other);
      for (let row = 0; row < size; row++) column[row] = (column[row] ?? 0) - shared * (other[row] ?? 0);
    }
    const norm = Math.sqrt(dot(column, column));
    // The rounding error that is left of a dependent column is no direction.
    const factor = norm > 1e-9 * before ? 1 / norm : 0;
    for (let row = 0; row < size; row++) {
      const value = (column[row] ?? 0) * factor;
      column[row] = value;
      dense[row * dimension + k] = value;
    }
  }
  return dense;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}
