/** The edge of every picture, in pixels: pictures are square. */
export const EDGE = 720;

const MIDDLE = EDGE / 2;

/** Marks of an SVG. */
export type Marks = string;

/** A whole picture: what it is drawn with, and its marks from back to front. */
export function picture(...marks: readonly Marks[]): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${EDGE}" height="${EDGE}" viewBox="0 0 ${EDGE} ${EDGE}">` +
    `<defs>${METALS}${SHADES}</defs>${marks.join('')}</svg>`
  );
}

/** Fills that look like metal; used as `url(#gold)`, `url(#silver)` and `url(#brass)`. */
const METALS = [
  metal('gold', '#fff3c4', '#e3b341', '#9a6b12'),
  metal('silver', '#ffffff', '#b9c3cf', '#6c7887'),
  metal('brass', '#f6e2ae', '#c9973a', '#7d5a1a'),
].join('');

const SHADES =
  '<radialGradient id="glow"><stop offset="0" stop-color="#fff" stop-opacity=".55"/><stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient>' +
  '<filter id="soft" x="-30%" y="-30%" width="160%" height="160%"><feGaussianBlur stdDeviation="14"/></filter>';

function metal(name: string, light: string, middle: string, dark: string): Marks {
  return (
    `<linearGradient id="${name}" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="${light}"/>` +
    `<stop offset=".5" stop-color="${middle}"/><stop offset="1" stop-color="${dark}"/></linearGradient>`
  );
}

/** A wall that grows darker towards the floor, with light from above. */
export function room(wall: string, floor: string, floorAt = 520): Marks {
  return (
    `<rect width="${EDGE}" height="${EDGE}" fill="${wall}"/>` +
    `<rect y="${floorAt}" width="${EDGE}" height="${EDGE - floorAt}" fill="${floor}"/>` +
    `<circle cx="${MIDDLE}" cy="220" r="420" fill="url(#glow)"/>`
  );
}

/** A plain ground with light in its middle. */
export function ground(colour: string): Marks {
  return (
    `<rect width="${EDGE}" height="${EDGE}" fill="${colour}"/>` +
    `<circle cx="${MIDDLE}" cy="${MIDDLE}" r="460" fill="url(#glow)"/>`
  );
}

/** The shadow of a thing that stands there. */
export function shadow(x: number, y: number, width: number, height = 26): Marks {
  return `<ellipse cx="${x}" cy="${y}" rx="${width / 2}" ry="${height}" fill="#000" opacity=".28" filter="url(#soft)"/>`;
}

/** Moves marks, and turns and scales them around their own origin. */
export function placed(marks: Marks, x: number, y: number, scale = 1, degrees = 0): Marks {
  return `<g transform="translate(${x} ${y}) rotate(${degrees}) scale(${scale})">${marks}</g>`;
}

/** Marks of `count` steps, one after the other. */
export function each(count: number, mark: (step: number) => Marks): Marks {
  return Array.from({ length: count }, (_, step) => mark(step)).join('');
}

/** `count` copies of marks around their origin. */
export function around(count: number, marks: Marks): Marks {
  return each(count, (step) => `<g transform="rotate(${(360 / count) * step})">${marks}</g>`);
}

/** A path with a fill, and an outline where `line` is given. */
export function shape(path: string, fill: string, line = 'none', width = 0): Marks {
  return `<path d="${path}" fill="${fill}" stroke="${line}" stroke-width="${width}" stroke-linejoin="round" stroke-linecap="round"/>`;
}

/** A disc around the origin, or around a point. */
export function disc(radius: number, fill: string, x = 0, y = 0): Marks {
  return `<circle cx="${x}" cy="${y}" r="${radius}" fill="${fill}"/>`;
}

/** A ring around the origin, or around a point. */
export function ring(radius: number, width: number, colour: string, x = 0, y = 0): Marks {
  return `<circle cx="${x}" cy="${y}" r="${radius}" fill="none" stroke="${colour}" stroke-width="${width}"/>`;
}

/** A rectangle with round corners. */
export function box(x: number, y: number, width: number, height: number, fill: string, round = 0): Marks {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${round}" fill="${fill}"/>`;
}

/** A petal that grows upwards from the origin. */
export function petal(length: number, width: number, fill: string): Marks {
  return shape(
    `M0 0C${-width} ${-length * 0.35} ${-width * 0.6} ${-length * 0.85} 0 ${-length}C${width * 0.6} ${-length * 0.85} ${width} ${-length * 0.35} 0 0Z`,
    fill,
  );
}

/** A flower of `count` petals around the origin. */
export function flower(radius: number, count: number, petals: string, heart: string): Marks {
  return around(count, petal(radius, radius * 0.42, petals)) + disc(radius * 0.24, heart);
}

/** A paisley drop, 200 high, around the origin. */
export function paisley(outer: string, inner: string, heart: string): Marks {
  const drop =
    'M-10 -100C40 -86 78 -30 66 26C56 76 12 100 -30 86C-70 72 -84 26 -62 -10C-44 -40 -14 -52 -10 -100Z';
  return (
    shape(drop, outer) +
    placed(shape(drop, inner), 0, 8, 0.72) +
    placed(shape(drop, outer), 0, 14, 0.5) +
    placed(flower(24, 6, heart, inner), 2, 26)
  );
}

/** A star of eight points around the origin. */
export function star(radius: number, fill: string): Marks {
  const half = radius * 0.7;
  const square = `M${-half} ${-half}H${half}V${half}H${-half}Z`;
  return shape(square, fill) + placed(shape(square, fill), 0, 0, 1, 45);
}

/** A leaf of a branch, to the right of the origin. */
export function leaf(length: number, fill: string, degrees: number): Marks {
  return `<g transform="rotate(${degrees})">${petal(length, length * 0.32, fill)}</g>`;
}

/** A gem as it is seen from above. */
export function gem(radius: number, light: string, dark: string): Marks {
  const facet = `M0 0L${-radius * 0.38} ${-radius * 0.92}L${radius * 0.38} ${-radius * 0.92}Z`;
  return disc(radius, dark) + around(8, shape(facet, light, '#fff', 1)) + disc(radius * 0.42, light);
}
