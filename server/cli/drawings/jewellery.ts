import {
  around,
  box,
  disc,
  EDGE,
  each,
  flower,
  gem,
  ground,
  type Marks,
  petal,
  picture,
  placed,
  ring,
  room,
  shadow,
  shape,
} from './motifs.ts';

const RUBY = ['#e0526a', '#8f1230'] as const;
const EMERALD = ['#5bc08a', '#0e5a3a'] as const;
const SAPPHIRE = ['#7ea6ea', '#1b3c86'] as const;

/** An earring of the jhumka kind, about 400 high, its hook at the origin. */
function jhumka(): Marks {
  return (
    shape('M0 0C26 -6 30 36 0 40', 'none', 'url(#gold)', 8) +
    placed(around(10, petal(56, 17, 'url(#gold)')) + gem(24, ...RUBY), 0, 90) +
    box(-5, 140, 10, 44, 'url(#gold)', 4) +
    disc(15, 'url(#gold)', 0, 166) +
    shape('M0 176C74 180 112 244 116 306H-116C-112 244 -74 180 0 176Z', 'url(#gold)') +
    each(7, (step) => placed(gem(12, ...EMERALD), -84 + step * 28, 284)) +
    shape('M-86 246Q0 214 86 246', 'none', '#7d5a1a', 4) +
    box(-124, 302, 248, 14, 'url(#gold)', 7) +
    each(11, (step) => {
      const x = -110 + step * 22;
      return shape(`M${x} 316v20`, 'none', 'url(#gold)', 4) + disc(9, '#fbf4e4', x, 344);
    })
  );
}

/** The earrings on a cushion. */
export function earrings(): string {
  return picture(
    ground('#5a1630'),
    box(90, 60, 540, 600, '#7c1f3a', 60),
    box(112, 82, 496, 556, '#8e2a48', 50),
    shadow(230, 540, 250, 18),
    shadow(490, 540, 250, 18),
    placed(jhumka(), 232, 170, 0.98),
    placed(jhumka(), 488, 170, 0.98),
  );
}

/** A band with a stone, about 300 wide, around the origin. */
function stoneRing(metal: string, stone: readonly [string, string]): Marks {
  return (
    ring(120, 34, metal) +
    ring(134, 3, '#ffffff88') +
    shape('M-44 -118L-26 -152H26L44 -118Z', metal) +
    placed(gem(52, ...stone), 0, -182)
  );
}

/** A ring on a stand. */
export function jewelry(): string {
  return picture(
    room('#e9e2ee', '#b8a4c2', 540),
    shadow(360, 600, 420),
    shape('M210 590Q220 540 360 540Q500 540 510 590Q500 616 360 616Q220 616 210 590Z', '#5a3f6b'),
    placed(stoneRing('url(#gold)', SAPPHIRE), 360, 420, 1.1),
    placed(flower(26, 8, '#ffffff', '#e3b341'), 150, 610),
    placed(flower(20, 8, '#ffffff', '#e3b341'), 590, 630),
  );
}

/** Bangles, one behind the other. */
function bangles(metal: string): Marks {
  return each(4, (step) =>
    placed(
      `<ellipse rx="170" ry="188" fill="none" stroke="${metal}" stroke-width="26"/>` +
        around(18, disc(7, '#fff6d8', 0, -180)),
      -96 + step * 64,
      step * 6,
    ),
  );
}

/** Bangles of gold. */
export function goldJewellery(): string {
  return picture(
    room('#fbf1dc', '#d9b98a', 560),
    shadow(360, 600, 520),
    placed(bangles('url(#gold)'), 360, 390),
    placed(stoneRing('url(#gold)', RUBY), 590, 580, 0.36, 30),
  );
}

/** A chain of links along an arc, with a drop in its middle. */
function necklace(metal: string, stone: readonly [string, string]): Marks {
  const links = each(41, (step) => {
    const angle = (Math.PI * (step + 0.5)) / 41;
    const x = -Math.cos(angle) * 240;
    const y = Math.sin(angle) * 300;
    return `<ellipse cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" rx="13" ry="9" fill="none" stroke="${metal}" stroke-width="6"/>`;
  });
  const drops = each(5, (step) => {
    const angle = (Math.PI * (step + 3)) / 10;
    const size = step === 2 ? 0.9 : 0.6;
    return placed(
      around(8, petal(54, 16, metal)) + gem(26, ...stone),
      -Math.cos(angle) * 240,
      Math.sin(angle) * 300 + 46 * size,
      size,
    );
  });
  return links + drops;
}

/** A necklace of silver on a dark bust. */
export function silverJewellery(): string {
  return picture(
    ground('#cfd8e2'),
    shape(
      'M250 0C250 120 150 150 100 260C60 360 110 560 200 720H520C610 560 660 360 620 260C570 150 470 120 470 0Z',
      '#2c3646',
    ),
    placed(necklace('url(#silver)', SAPPHIRE), 360, 130),
  );
}

/** Lights of an evening, out of focus. */
function lights(colour: string): Marks {
  return each(26, (step) => {
    const x = (step * 197) % EDGE;
    const y = (step * 131) % 430;
    return `<circle cx="${x}" cy="${y}" r="${16 + ((step * 7) % 30)}" fill="${colour}" opacity="${0.1 + (step % 5) * 0.05}"/>`;
  });
}

/** The cover of the sale of gold. */
export function eveningOfGold(): string {
  return picture(
    `<rect width="${EDGE}" height="${EDGE}" fill="#1b1530"/>`,
    lights('#ffcf6b'),
    box(0, 520, EDGE, 200, '#2b2145'),
    placed(bangles('url(#gold)'), 250, 380, 0.82),
    placed(stoneRing('url(#gold)', RUBY), 560, 500, 0.86),
    placed(stoneRing('url(#gold)', EMERALD), 440, 600, 0.5, -24),
    each(12, (step) => disc(10, 'url(#gold)', 60 + step * 30, 640 + (step % 3) * 10)),
  );
}

/** A tea spoon, 360 long, its bowl upwards. */
function spoon(): Marks {
  return (
    `<ellipse cy="-140" rx="46" ry="66" fill="url(#silver)"/><ellipse cy="-146" rx="30" ry="46" fill="#ffffff55"/>` +
    box(-8, -80, 16, 220, 'url(#silver)', 8) +
    placed(flower(30, 8, 'url(#silver)', '#6c7887'), 0, 150)
  );
}

/** The cover of the sale of silver. */
export function silverSaturday(): string {
  return picture(
    ground('#3d5a80'),
    lights('#dfe9f5'),
    placed(necklace('url(#silver)', SAPPHIRE), 360, 60, 0.94),
    each(3, (step) => placed(spoon(), 250 + step * 110, 520, 0.8, -12 + step * 12)),
  );
}
