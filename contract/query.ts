import * as z from 'zod';

/** A whole number in a query string: plain digits. Other notations of numbers are refused. */
export const queryInteger = (bounds: { readonly min: number; readonly max?: number }) => {
  const { min, max = Number.MAX_SAFE_INTEGER } = bounds;
  return z.preprocess(
    (value) => (typeof value === 'string' && /^-?\d{1,17}$/.test(value) ? Number(value) : value),
    z.int().min(min).max(max),
  );
};
