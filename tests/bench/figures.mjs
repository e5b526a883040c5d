/** Figures for people: percentiles, rates, ratios, and a table of them. */

/** The smallest sample that at least `share` of all are not above (nearest rank). */
export function percentile(samples, share) {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

export const round = (value, digits = 1) =>
  value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** Rows of cells, the first row a heading; columns after the first stand flush right. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  const pad = (cell, column) => (column === 0 ? cell.padEnd(widths[0]) : String(cell).padStart(widths[column]));
  return rows.map((row) => row.map(pad).join("   ")).join("\n");
}
