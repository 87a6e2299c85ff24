/**
 * Tables by small integers (log indexes, request numbers) that grow by doubling: checkers run on every observation, and neither maps
 * with string keys nor sparse arrays keep up. Unwritten places read 0.
 */

/** `table`, or a larger copy in which `index` has a place. */
export function int32With(table: Int32Array<ArrayBuffer>, index: number): Int32Array<ArrayBuffer> {
  if (index < table.length) return table;
  const larger = new Int32Array(Math.max(table.length * 2, index + 1));
  larger.set(table);
  return larger;
}

/** The same for instants: microseconds pass 2^31 after 36 minutes. */
export function float64With(table: Float64Array<ArrayBuffer>, index: number): Float64Array<ArrayBuffer> {
  if (index < table.length) return table;
  const larger = new Float64Array(Math.max(table.length * 2, index + 1));
  larger.set(table);
  return larger;
}
