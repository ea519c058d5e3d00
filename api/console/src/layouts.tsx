// The layouts a person can choose, each with a small picture of itself.

interface Choice {
  name: string;
  title: string;
  /** x, y, width, height in a 16x9 field. */
  tiles: [number, number, number, number][];
}

const grid = (columns: number, rows: number): Choice['tiles'] =>
  Array.from({ length: columns * rows }, (_, i) => [
    (16 / columns) * (i % columns) + 0.25,
    (9 / rows) * Math.floor(i / columns) + 0.25,
    16 / columns - 0.5,
    9 / rows - 0.5,
  ]);

const strip = (count: number): Choice['tiles'] =>
  Array.from({ length: count }, (_, i) => [(16 / count) * i + 0.25, 7, 16 / count - 0.5, 1.75]);

export const LAYOUTS: Choice[] = [
  { name: 'grid', title: 'Grid', tiles: grid(3, 3) },
  { name: 'speaker', title: 'Speaker', tiles: [[2.5, 0.25, 11, 6.4], ...strip(5)] },
  {
    name: 'one-plus-n',
    title: 'One plus five',
    tiles: [
      [0.25, 0.25, 10.3, 5.6],
      [10.9, 0.25, 4.85, 2.6],
      [10.9, 3.2, 4.85, 2.65],
      [0.25, 6.2, 4.95, 2.55],
      [5.5, 6.2, 5.05, 2.55],
      [10.9, 6.2, 4.85, 2.55],
    ],
  },
  { name: 'side-by-side', title: 'Side by side', tiles: [[0.25, 2.2, 7.5, 4.6], [8.25, 2.2, 7.5, 4.6]] },
  { name: 'picture-in-picture', title: 'Picture in picture', tiles: [[0.25, 0.25, 15.5, 8.5], [11, 5.8, 4.2, 2.5]] },
  { name: 'presentation', title: 'Presentation', tiles: [[2.5, 0.25, 11, 6.4], ...strip(4)] },
  { name: 'single', title: 'One only', tiles: [[0.25, 0.25, 15.5, 8.5]] },
];

export function LayoutPicker(props: { current: string; onChoose: (name: string) => void }) {
  return (
    <div class="layouts" role="radiogroup" aria-label="Layout">
      {LAYOUTS.map((layout) => (
        <button
          key={layout.name}
          role="radio"
          aria-checked={props.current === layout.name}
          class="layout"
          data-layout={layout.name}
          onClick={() => props.onChoose(layout.name)}
        >
          <svg viewBox="0 0 16 9" aria-hidden="true">
            {layout.tiles.map(([x, y, width, height], i) => (
              <rect key={i} x={x} y={y} width={width} height={height} rx="0.4" />
            ))}
          </svg>
          <span>{layout.title}</span>
        </button>
      ))}
    </div>
  );
}
