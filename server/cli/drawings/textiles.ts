import {
  around,
  box,
  disc,
  EDGE,
  each,
  flower,
  ground,
  leaf,
  type Marks,
  paisley,
  petal,
  picture,
  placed,
  room,
  shadow,
  shape,
  star,
} from './motifs.ts';

const WINE = '#7c1f3a';
const ROSE = '#c8506b';
const CREAM = '#f7e9cf';
const SAFFRON = '#e0a33a';
const TEAL = '#1f6b6b';

/** Fringes that hang from a line. */
function fringe(x: number, y: number, width: number, length: number, colour: string): Marks {
  const threads = Math.floor(width / 12);
  return each(threads, (step) => {
    const at = x + 6 + step * 12;
    const sway = step % 2 === 0 ? 4 : -4;
    return shape(`M${at} ${y}q${sway} ${length / 2} 0 ${length}`, 'none', colour, 5);
  });
}

/** A row of paisley drops between two bands. */
function paisleyBand(y: number, count: number, x: number, width: number): Marks {
  const step = width / count;
  return (
    box(x, y, width, 150, WINE) +
    box(x, y + 8, width, 6, SAFFRON) +
    box(x, y + 136, width, 6, SAFFRON) +
    each(count, (index) =>
      placed(
        paisley(SAFFRON, WINE, CREAM),
        x + step * (index + 0.5),
        y + 76,
        0.5,
        index % 2 === 0 ? 12 : -12,
      ),
    )
  );
}

/** The shawl of the first sample auction, as it hangs. */
export function shawl(): string {
  const folds = each(6, (step) =>
    shape(
      `M${190 + step * 68} 90C${176 + step * 68} 260 ${206 + step * 68} 380 ${190 + step * 68} 560`,
      'none',
      '#00000022',
      16,
    ),
  );
  return picture(
    room('#e9dcc8', '#cdb794', 610),
    shadow(360, 640, 460),
    box(110, 70, 500, 20, '#6b4a2b', 10),
    box(150, 84, 420, 500, ROSE, 6),
    each(4, (row) =>
      each(6, (column) => placed(flower(17, 6, CREAM, SAFFRON), 186 + column * 70, 136 + row * 70)),
    ),
    paisleyBand(400, 6, 150, 420),
    folds,
    fringe(150, 584, 420, 46, WINE),
  );
}

/** Its embroidery from near. */
export function shawlEmbroidery(): string {
  const drops = each(9, (step) => {
    const x = 120 + (step % 3) * 240;
    const y = 130 + Math.floor(step / 3) * 236;
    return placed(paisley(SAFFRON, WINE, CREAM), x, y, 1, step % 2 === 0 ? 14 : -14);
  });
  const flowers = each(16, (step) =>
    placed(flower(26, 8, CREAM, SAFFRON), (step % 4) * 240, 14 + Math.floor(step / 4) * 236),
  );
  return picture(ground(ROSE), drops, flowers);
}

/** Its edge from near: weave and fringes. */
export function shawlEdge(): string {
  return picture(
    ground('#efe3cf'),
    box(0, 0, EDGE, 430, ROSE),
    each(18, (step) => box(0, step * 24, EDGE, 3, '#00000012')),
    each(30, (step) => box(step * 24, 0, 3, 430, '#ffffff18')),
    paisleyBand(210, 5, 0, EDGE),
    box(0, 372, EDGE, 58, WINE),
    each(15, (step) => placed(star(13, SAFFRON), 24 + step * 48, 401)),
    each(20, (step) => {
      const x = 18 + step * 36;
      return (
        shape(
          `M${x - 12} 430C${x - 12} 500 ${x} 510 ${x} 540M${x + 12} 430C${x + 12} 500 ${x} 510 ${x} 540`,
          'none',
          WINE,
          7,
        ) +
        disc(9, SAFFRON, x, 544) +
        shape(`M${x - 8} 552l-4 104M${x} 552v112M${x + 8} 552l4 104`, 'none', WINE, 6)
      );
    }),
  );
}

/** A quilt of diamonds with a flower in each. */
function quilt(x: number, y: number, columns: number, rows: number, size: number): Marks {
  return each(columns * rows, (step) => {
    const left = x + (step % columns) * size;
    const top = y + Math.floor(step / columns) * size;
    const half = size / 2;
    return (
      shape(
        `M${left + half} ${top}L${left + size} ${top + half}L${left + half} ${top + size}L${left} ${top + half}Z`,
        '#ffffff1c',
        '#f4d9a0',
        3,
      ) + placed(flower(size * 0.2, 6, '#f4d9a0', '#fff6e0'), left + half, top + half)
    );
  });
}

/** A bed with the silk bedspread and its pillows. */
export function bedspread(): string {
  return picture(
    room('#dfe6ea', '#b89b78', 560),
    shadow(360, 650, 560),
    shape('M110 330V150Q360 40 610 150V330Z', '#6b4a2b'),
    shape('M140 330V172Q360 76 580 172V330Z', '#83603a'),
    box(170, 250, 170, 110, '#fbf3e2', 34),
    box(380, 250, 170, 110, '#fbf3e2', 34),
    placed(flower(30, 8, TEAL, SAFFRON), 255, 305),
    placed(flower(30, 8, TEAL, SAFFRON), 465, 305),
    shape('M90 350Q360 320 630 350L662 640H58Z', TEAL),
    quilt(108, 372, 7, 3, 72),
    shape('M76 596H644L650 640H70Z', SAFFRON),
    each(19, (step) => placed(petal(26, 9, WINE), 90 + step * 30, 634)),
  );
}

/** The quilting from near, under a pillow's corner. */
export function bedspreadQuilting(): string {
  return picture(
    ground(TEAL),
    quilt(0, 0, 4, 4, 180),
    shape('M720 720V430Q650 400 560 450Q450 520 400 720Z', '#fbf3e2', '#e5d6b8', 6),
    placed(flower(54, 8, TEAL, SAFFRON), 600, 604),
  );
}

const MADDER = '#8e2a2a';
const INDIGO = '#22325c';
const SAND = '#e9d3a4';

/** Borders of a carpet, from the outside in. */
function borders(x: number, y: number, width: number, height: number): Marks {
  const bands = [INDIGO, SAND, MADDER, SAND, INDIGO];
  return each(bands.length, (step) =>
    box(x + step * 14, y + step * 14, width - step * 28, height - step * 28, bands[step] ?? INDIGO),
  );
}

/** A tree with leaves and blossoms, about 420 high, that grows upwards from the origin. */
function tree(): Marks {
  const branches = each(5, (step) => {
    const y = -90 - step * 66;
    const reach = 128 - step * 18;
    return [-1, 1]
      .map(
        (side) =>
          shape(
            `M0 ${y + 40}C${side * 40} ${y + 20} ${side * reach * 0.7} ${y + 16} ${side * reach} ${y - 24}`,
            'none',
            SAND,
            7,
          ) +
          placed(flower(24, 7, step % 2 === 0 ? SAND : '#d98b4a', INDIGO), side * reach, y - 30) +
          placed(leaf(36, '#5d7f5a', side * 35), side * reach * 0.55, y + 16) +
          placed(leaf(32, '#5d7f5a', side * 130), side * reach * 0.4, y + 26),
      )
      .join('');
  });
  return (
    shape('M-10 0C-6 -140 -4 -300 0 -420C4 -300 6 -140 10 0Z', SAND) +
    branches +
    placed(flower(34, 8, '#d98b4a', SAND), 0, -430)
  );
}

/** The carpet as it lies. */
export function carpet(): string {
  return picture(
    room('#d9cdbb', '#a98a66', 60),
    shadow(360, 680, 520, 18),
    fringe(136, 30, 448, 26, SAND),
    fringe(136, 664, 448, 26, SAND),
    borders(136, 52, 448, 612),
    box(206, 122, 308, 472, MADDER),
    placed(tree(), 360, 560, 0.92),
    each(
      12,
      (step) => placed(star(9, SAND), 184 + step * 32, 94) + placed(star(9, SAND), 184 + step * 32, 622),
    ),
    each(
      15,
      (step) => placed(star(9, SAND), 178, 122 + step * 34) + placed(star(9, SAND), 542, 122 + step * 34),
    ),
  );
}

/** Its tree of life. */
export function carpetTree(): string {
  return picture(
    ground(MADDER),
    placed(tree(), 360, 720, 1.5),
    each(10, (step) => placed(star(16, SAND), 36 + step * 72, 36)),
  );
}

/** A corner of its border. */
export function carpetCorner(): string {
  return picture(
    ground('#a98a66'),
    fringe(110, 636, 640, 60, SAND),
    placed(borders(0, 0, 400, 400), 110, -560, 3),
    box(320, 0, 400, 428, MADDER),
    placed(
      around(8, petal(150, 44, INDIGO)) + around(8, petal(110, 30, SAND)) + disc(30, '#d98b4a'),
      540,
      200,
    ),
    each(6, (step) => placed(flower(30, 8, SAND, '#d98b4a'), 216, 40 + step * 106)),
    each(6, (step) => placed(flower(30, 8, SAND, '#d98b4a'), 306 + step * 96, 540)),
  );
}

/** Folded cloths, one on the other. */
export function foldedCloths(): string {
  const colours = [WINE, SAFFRON, TEAL, ROSE, INDIGO];
  return picture(
    room('#efe4d2', '#c9ae85'),
    shadow(360, 620, 480),
    each(colours.length, (step) => {
      const y = 540 - step * 84;
      const x = 140 + step * 6;
      return (
        box(x, y, 440 - step * 12, 78, colours[step] ?? WINE, 36) +
        box(x + 30, y + 36, 380 - step * 12, 5, '#ffffff44', 2) +
        each(7, (mark) => placed(flower(12, 6, CREAM, SAFFRON), x + 52 + mark * 54, y + 20, 0.9))
      );
    }),
  );
}
