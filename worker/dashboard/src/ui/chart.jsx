/**
 * Small charts, drawn with SVG. Each is a picture with a sentence for whoever does not see it, and a table of the same
 * figures is at hand in the page around it.
 */

const WIDTH = 600;
const HEIGHT = 160;
const GAP = 2;

/** Upright bars, one a value; `points` are `{ name, value, parts? }`, and a bar tells its figures when it is pointed at. */
export function BarChart({ label, points, format = String }) {
  const most = Math.max(...points.map(({ value }) => value), 0) || 1;
  const width = WIDTH / points.length;
  return (
    <figure class="chart">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
        {points.map(({ name, value }, at) => {
          const height = (value / most) * (HEIGHT - 4);
          return (
            <g key={name} class="chart-bar">
              <rect class="chart-hit" x={at * width} y={0} width={width} height={HEIGHT} />
              <rect
                class="chart-value"
                x={at * width + GAP}
                y={HEIGHT - Math.max(height, value > 0 ? 2 : 0)}
                width={Math.max(width - 2 * GAP, 1)}
                height={Math.max(height, value > 0 ? 2 : 0)}
                rx={2}
              />
              <title>{`${name}: ${format(value)}`}</title>
            </g>
          );
        })}
        <line class="chart-base" x1={0} x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
      </svg>
      <figcaption class="chart-ends">
        <span>{points[0]?.name}</span>
        <span>most: {format(most === 1 && !points.some(({ value }) => value) ? 0 : most)}</span>
        <span>{points.at(-1)?.name}</span>
      </figcaption>
    </figure>
  );
}

/** Bars that lie, with their names: for comparing a few things. `rows` are `{ name, value }`. */
export function RankChart({ rows, format = String }) {
  const most = Math.max(...rows.map(({ value }) => value), 0) || 1;
  return (
    <dl class="rank">
      {rows.map(({ name, value }) => (
        <div key={name} class="rank-row" ref={(row) => row?.style.setProperty("--share", value / most)}>
          <dt>{name}</dt>
          <dd>{format(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
