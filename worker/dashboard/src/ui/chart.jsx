/**
 * Small charts, drawn with SVG. Each is a picture with a sentence for whoever does not see it, and a table of the same
 * figures is at hand in the page around it.
 */

const WIDTH = 600;
const HEIGHT = 160;
const GAP = 2;
/** Of nothing too, so that every place is seen to be one. */
const LEAST = 3;
/** One day alone is a bar, and not a field of colour. */
const FEWEST_PLACES = 12;

/** Upright bars, one a value; `points` are `{ name, value }`, and a bar tells its figures when it is pointed at. */
export function BarChart({ label, points, format = String }) {
  const most = Math.max(...points.map(({ value }) => value), 0) || 1;
  const width = WIDTH / Math.max(points.length, FEWEST_PLACES);
  return (
    <figure class="chart">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
        {points.map(({ name, value }, at) => (
          <g key={name} class="chart-bar">
            <rect class="chart-hit" x={at * width} y={0} width={width} height={HEIGHT} />
            <Bar x={at * width + GAP} width={Math.max(width - 2 * GAP, 1)} height={(value / most) * (HEIGHT - LEAST)} />
            <title>{`${name}: ${format(value)}`}</title>
          </g>
        ))}
      </svg>
      <figcaption class="chart-ends">
        <span>{points[0]?.name}</span>
        <span>most: {format(Math.max(...points.map(({ value }) => value), 0))}</span>
        {points.length > 1 && <span>{points.at(-1).name}</span>}
      </figcaption>
    </figure>
  );
}

const Bar = ({ x, width, height }) => (
  <rect class={height > 0 ? "chart-value" : "chart-nothing"} x={x} y={HEIGHT - height - LEAST} width={width} height={height + LEAST} rx={2} />
);

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
