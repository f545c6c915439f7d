import {
  around,
  box,
  disc,
  each,
  flower,
  ground,
  leaf,
  type Marks,
  petal,
  picture,
  placed,
  ring,
  room,
  shadow,
  shape,
  star,
} from './motifs.ts';

const WOOD = '#8a5a33';
const DARK_WOOD = '#6a4223';
const PORCELAIN = '#f8fbff';
const COBALT = '#1f4fa3';
const SKY = '#6fa8dc';

function grain(x: number, y: number, width: number, height: number): Marks {
  return each(Math.floor(height / 18), (step) => {
    const at = y + 10 + step * 18;
    return shape(
      `M${x + 8} ${at}q${width / 4} ${step % 2 === 0 ? 8 : -8} ${width / 2} 0t${width / 2 - 16} 0`,
      'none',
      '#00000020',
      3,
    );
  });
}

/** The inlay of the box: a star in a wreath. */
function inlay(): Marks {
  return (
    ring(150, 8, 'url(#brass)') +
    ring(128, 3, 'url(#brass)') +
    around(16, placed(petal(30, 9, 'url(#brass)'), 0, -152)) +
    star(96, 'url(#brass)') +
    star(66, DARK_WOOD) +
    flower(58, 8, 'url(#brass)', DARK_WOOD)
  );
}

/** The wooden box, closed. */
export function jewelryBox(): string {
  return picture(
    room('#efe6d8', '#c7b08e', 540),
    shadow(360, 612, 560),
    shape('M120 300L190 200H530L600 300Z', WOOD),
    shape('M120 300L190 200H530L600 300Z', '#ffffff1f'),
    placed(inlay(), 360, 252, 0.3),
    box(110, 300, 500, 62, WOOD, 8),
    grain(110, 300, 500, 62),
    box(120, 366, 480, 230, WOOD, 10),
    grain(120, 366, 480, 230),
    box(110, 356, 500, 10, 'url(#brass)'),
    [-150, 150].map((aside) => placed(inlay(), 360 + aside, 482, 0.52)).join(''),
    box(330, 340, 60, 86, 'url(#brass)', 10),
    disc(9, DARK_WOOD, 360, 376),
    shape('M356 378h8l5 28h-18Z', DARK_WOOD),
    box(128, 590, 50, 24, DARK_WOOD, 8),
    box(542, 590, 50, 24, DARK_WOOD, 8),
  );
}

/** Its inlay from near. */
export function jewelryBoxInlay(): string {
  const corner = around(
    4,
    placed(
      leaf(110, 'url(#brass)', 45) + leaf(80, 'url(#brass)', 20) + leaf(80, 'url(#brass)', 70),
      -330,
      330,
    ),
  );
  return picture(
    ground(WOOD),
    grain(0, 0, 720, 720),
    placed(corner, 360, 360),
    placed(inlay(), 360, 360, 1.5),
  );
}

/** A plate as it is seen from above. */
function plate(): Marks {
  return (
    disc(200, '#00000022', 6, 10) +
    disc(200, PORCELAIN) +
    ring(188, 7, COBALT) +
    around(20, placed(petal(44, 15, COBALT), 0, -134) + placed(disc(5, SKY), 0, -172)) +
    ring(126, 4, COBALT) +
    around(12, placed(leaf(34, SKY, 30), 0, -84)) +
    flower(78, 8, COBALT, SKY) +
    ring(112, 2, SKY)
  );
}

/** A bowl from the side, 220 wide, its foot at the origin. */
function bowl(): Marks {
  return (
    shape('M-110 -120H110C104 -50 66 -8 34 0H-34C-66 -8 -104 -50 -110 -120Z', PORCELAIN) +
    box(-110, -124, 220, 12, COBALT, 6) +
    each(7, (step) => placed(flower(15, 6, COBALT, SKY), -84 + step * 28, -84)) +
    shape('M-84 -50Q0 -22 84 -50', 'none', SKY, 5) +
    box(-36, -6, 72, 10, COBALT, 4)
  );
}

/** The set as it is laid. */
export function dinnerSet(): string {
  return picture(
    ground('#e8dccb'),
    placed(plate(), 250, 268, 1.08),
    placed(plate(), 560, 170, 0.6),
    placed(plate(), 578, 412, 0.6),
    placed(plate(), 566, 622, 0.42),
    shadow(250, 680, 230, 16),
    placed(bowl(), 250, 680, 0.94),
    box(424, 470, 9, 190, 'url(#silver)', 4),
    shape('M414 460q14 30 28 0l-4 -60h-6v44h-6v-44h-6Z', 'url(#silver)'),
  );
}

/** One plate from near. */
export function dinnerPlate(): string {
  return picture(ground('#d9c7ae'), placed(plate(), 360, 360, 1.66));
}

/** Bowls and plates, stacked. */
export function dinnerStack(): string {
  return picture(
    room('#e9eef2', '#c8b394'),
    shadow(360, 636, 460),
    each(4, (step) => {
      const y = 610 - step * 26;
      return (
        shape(`M150 ${y - 16}H570Q520 ${y + 22} 430 ${y + 22}H290Q200 ${y + 22} 150 ${y - 16}Z`, PORCELAIN) +
        box(146, y - 22, 428, 9, COBALT, 4)
      );
    }),
    placed(bowl(), 360, 528, 1.3),
    placed(bowl(), 360, 430, 1.15),
    placed(bowl(), 360, 342, 1.02),
  );
}

/** A vase with a branch, a bowl and a lamp. */
export function homeAndLiving(): string {
  const branches = [-26, 0, 24]
    .map((degrees) =>
      placed(
        shape('M0 0V-210', 'none', '#57733f', 7) +
          each(4, (step) => placed(leaf(46, '#7c9a58', 48) + leaf(46, '#7c9a58', -48), 0, -60 - step * 42)) +
          placed(flower(34, 8, '#f3efe6', '#e0a33a'), 0, -226),
        0,
        -210,
        1,
        degrees,
      ),
    )
    .join('');
  const vase =
    shape(
      'M-40 -230H40C30 -190 96 -150 96 -90C96 -30 60 0 40 0H-40C-60 0 -96 -30 -96 -90C-96 -150 -30 -190 -40 -230Z',
      COBALT,
    ) +
    each(5, (step) => placed(flower(17, 6, PORCELAIN, SKY), -68 + step * 34, -96)) +
    shape('M-88 -60Q0 -34 88 -60', 'none', SKY, 6);
  return picture(
    room('#e7ded0', '#b7926a', 560),
    shadow(250, 604, 240),
    placed(branches + vase, 250, 600),
    shadow(500, 604, 230),
    placed(bowl(), 520, 600, 0.9),
    shape('M500 492l-46 -30h132l-46 30Z', '#e0a33a'),
    disc(26, '#c8506b', 490, 470),
    disc(26, '#e0a33a', 530, 462),
    disc(24, '#7c9a58', 566, 474),
  );
}

/** A parcel with a paper tag, for lots of every kind. */
export function parcel(): string {
  return picture(
    room('#e4e8ea', '#b9a58a', 560),
    shadow(360, 610, 470),
    box(160, 260, 400, 340, '#c79a63', 10),
    box(160, 260, 400, 60, '#b48650', 10),
    box(330, 260, 60, 340, '#7c1f3a'),
    box(160, 420, 400, 46, '#7c1f3a'),
    placed(
      around(2, shape('M0 0C-60 -90 -170 -80 -130 -10C-110 20 -40 16 0 0Z', '#9b2c4c')),
      360,
      262,
      0.9,
      14,
    ),
    disc(24, '#7c1f3a', 360, 258),
    placed(
      box(-54, -34, 130, 68, '#f7ecd6', 10) +
        disc(8, '#7c1f3a', -34, 0) +
        box(-10, -12, 66, 6, '#b9a58a') +
        box(-10, 6, 46, 6, '#b9a58a'),
      470,
      366,
      1,
      -9,
    ),
  );
}
