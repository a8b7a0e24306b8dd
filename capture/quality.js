// How well a photo shows a paper: the figures and limits of portal/documents/quality.py, and how much of it is paper.

import { cropped, fitted, gaussian, grayOf, shrunk } from "./gray.js";

const MEASURE_SIDE = 1000;
const TILES = 8;
const BLUR_LIMIT = 0.12;
const DARK_LIMIT = 0.65;
const GLARE_LIMIT = 0.005;
const SMALL_SIDE = 1200;
const BLANK_CONTRAST = 8;
const RIM = 2; // pixels at the border that have no neighbours all around
const SOFT_REACH = 12; // how far a pixel depends on others when a tile is softened and its edges are taken
const SHARP = 0.1; // of the energy of the sharpest tile

/**
 * Measure an upright picture: {blur, dark, glare (0 good to 1), blank, small, warnings: codes, worst first}.
 * @param picture gray bytes (then with width and height), or ImageData
 */
export function judge(picture, width, height) {
  const whole = picture.data ? grayOf(picture) : { data: picture, width, height };
  const gray = fitted(whole, MEASURE_SIDE);
  const levels = histogram(gray.data);
  const figures = { blur: blurOf(gray), dark: 1 - level(levels, 0.05) / 255, glare: glareOf(levels) };
  const blank = isBlank(gray);
  const small = Math.max(whole.width, whole.height) < SMALL_SIDE;
  const found = {
    blank,
    dark: figures.dark > DARK_LIMIT,
    blur: figures.blur > BLUR_LIMIT,
    glare: figures.glare > GLARE_LIMIT,
    small,
  };
  const warnings = blank ? ["blank"] : Object.keys(found).filter((code) => found[code]);
  for (const code of Object.keys(figures)) figures[code] = Math.round(figures[code] * 1000) / 1000;
  return { ...figures, blank, small, warnings };
}

/** One even surface: a covered lens, a picture that failed. Averaging first takes the noise out. */
export function isBlank(gray) {
  const averages = shrunk(gray, 32, 32).data;
  return Math.max(...averages) - Math.min(...averages) < BLANK_CONTRAST;
}

/**
 * Share of the long side over which there is something sharp, 0 to 1: how near the camera is to a card on a plain
 * table. On a patterned table it is near 1 whatever lies there.
 */
export function sharpShare({ data, width, height }) {
  const gray = fitted({ data, width, height }, MEASURE_SIDE / 2);
  const { energies, across } = edges(gray, 16);
  const least = SHARP * Math.max(...energies);
  const [columns, rows] = [[], []];
  energies.forEach((energy, n) => {
    if (energy >= least) columns.push(n % across), rows.push(Math.floor(n / across));
  });
  const span = (places) => Math.max(...places) - Math.min(...places) + 1;
  const down = Math.ceil(energies.length / across);
  return Math.max((span(columns) / across) * width, (span(rows) / down) * height) / Math.max(width, height);
}

/** How soft the edges of the sharpest tiles are: what is lost when the picture is softened once more. */
function blurOf(gray) {
  const { energies, tiles } = edges(gray, TILES);
  const sharpest = energies
    .map((energy, n) => [energy, tiles[n]])
    .sort(([a, p], [b, q]) => b - a || q.left - p.left || q.top - p.top)
    .slice(0, Math.floor((TILES * TILES) / 10));
  const total = sharpest.reduce((sum, [energy]) => sum + energy, 0);
  return total > 1 ? sharpest.reduce((sum, [, tile]) => sum + softEnergy(gray, tile), 0) / total : 1;
}

/** The energy of a tile in the softened picture; only what it depends on is softened. */
function softEnergy(gray, { left, top, wide, high }) {
  const [from, above] = [Math.max(0, left - SOFT_REACH), Math.max(0, top - SOFT_REACH)];
  const near = cropped(gray, from, above, left + wide + SOFT_REACH, top + high + SOFT_REACH);
  return energyOf(gaussian(near, 1.5), { left: left - from, top: top - above, wide, high });
}

/** The tiles, row by row, `across` in a row, and the energy of each. */
function edges(gray, count) {
  const [inner, lower] = [gray.width - 2 * RIM, gray.height - 2 * RIM];
  if (Math.min(gray.width, gray.height) <= 4 * RIM) return { energies: [0], tiles: [null], across: 1 };
  const wide = Math.max(1, Math.floor(inner / count));
  const high = Math.max(1, Math.floor(lower / count));
  const tiles = [];
  for (let top = RIM; top + high <= lower + RIM; top += high) {
    for (let left = RIM; left + wide <= inner + RIM; left += wide) tiles.push({ left, top, wide, high });
  }
  return { energies: tiles.map((tile) => energyOf(gray, tile)), tiles, across: Math.floor(inner / wide) };
}

/** Variance of the differences between neighbours. */
function energyOf({ data, width }, { left, top, wide, high }) {
  let [sum, squares] = [0, 0];
  for (let y = top; y < top + high; y++) {
    for (let at = y * width + left, end = at + wide; at < end; at++) {
      const around = data[at - 1] + data[at + 1] + data[at - width] + data[at + width];
      const edge = Math.max(0, Math.min(255, Math.floor(128.5 + (4 * data[at] - around) / 2)));
      sum += edge;
      squares += edge * edge;
    }
  }
  return (squares - (sum * sum) / (wide * high)) / (wide * high);
}

function histogram(data) {
  const counts = new Array(256).fill(0);
  for (let at = 0; at < data.length; at++) counts[data[at]]++;
  return counts;
}

/** The brightness that this share of the pixels reaches. */
function level(counts, share) {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (let bright = 255; bright >= 0; bright--) {
    seen += counts[bright];
    if (seen >= share * total) return bright;
  }
  return 0;
}

/** Share that is burnt out and fades softly into the rest: the white of a screen has hard edges. */
function glareOf(counts) {
  const sum = (from, to) => counts.slice(from, to).reduce((total, count) => total + count, 0);
  const [burnt, fading] = [sum(252, 256), sum(236, 252)];
  return fading * 4 > burnt && level(counts, 0.25) < 233 ? burnt / sum(0, 256) : 0;
}
