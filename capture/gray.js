// Gray pictures, one byte a pixel, {data, width, height}: shrunk, softened and sharpened as Pillow does it on the server.

/** Gray of RGBA pixels by the weights of ITU-R 601. @param pixels ImageData or {data, width, height} */
export function grayOf({ data, width, height }) {
  const gray = new Uint8Array(width * height);
  for (let at = 0, from = 0; at < gray.length; at++, from += 4) {
    gray[at] = (data[from] * 19595 + data[from + 1] * 38470 + data[from + 2] * 7471 + 0x8000) >> 16;
  }
  return { data: gray, width, height };
}

/** Averages of the pixels that fall into each pixel of the new size. */
export function shrunk(gray, width, height) {
  return turned(averaged(turned(averaged(gray, width)), height));
}

/** The same within a square of `side` pixels, as it is when it fits. */
export function fitted(gray, side) {
  const most = Math.max(gray.width, gray.height);
  if (most <= side) return gray;
  const short = Math.max(1, Math.round((Math.min(gray.width, gray.height) * side) / most));
  return gray.width >= gray.height ? shrunk(gray, side, short) : shrunk(gray, short, side);
}

/** The part from (left, top) to before (right, bottom), as far as it is in the picture. */
export function cropped({ data, width, height }, left, top, right, bottom) {
  [left, top, right, bottom] = [Math.max(0, left), Math.max(0, top), Math.min(width, right), Math.min(height, bottom)];
  const out = new Uint8Array((right - left) * (bottom - top));
  for (let y = top, at = 0; y < bottom; y++, at += right - left) out.set(data.subarray(y * width + left, y * width + right), at);
  return { data: out, width: right - left, height: bottom - top };
}

/** Rows averaged to `width` pixels; the window of each new pixel holds whole old ones. */
function averaged({ data, width: old, height }, width) {
  const out = new Uint8Array(width * height);
  const { from, to } = windows(old, width, 0.5);
  for (let y = 0, place = 0; y < height; y++) {
    for (let x = 0; x < width; x++, place++) {
      let sum = 0;
      for (let at = y * old + from[x], end = y * old + to[x]; at < end; at++) sum += data[at];
      out[place] = (sum / (to[x] - from[x]) + 0.5) | 0;
    }
  }
  return { data: out, width, height };
}

/** From which old pixel to which each new one looks: `reach` new pixels to both sides of its middle. */
function windows(old, width, reach) {
  const [scale, from, to] = [Math.max(old / width, 1), new Int32Array(width), new Int32Array(width)];
  for (let x = 0; x < width; x++) {
    const centre = ((x + 0.5) * old) / width;
    from[x] = Math.max(0, Math.floor(centre - reach * scale + 0.5));
    to[x] = Math.max(from[x] + 1, Math.min(old, Math.floor(centre + reach * scale + 0.5)));
  }
  return { from, to, scale };
}

/** Rows become columns: a pass along rows, twice, works on both. In blocks, because memory is read in lines. */
function turned({ data, width, height }) {
  const out = data.slice();
  for (let top = 0; top < height; top += 32) {
    for (let left = 0; left < width; left += 32) {
      const [bottom, right] = [Math.min(top + 32, height), Math.min(left + 32, width)];
      for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) out[x * height + y] = data[y * width + x];
    }
  }
  return { data: out, width: height, height: width };
}

/** Mean of the square of pixels around each, 2 * radius + 1 wide; of a broken radius the outer pixels count in part. */
export function boxBlurred(gray, radius, times = 1) {
  const pass = (picture) => {
    for (let n = 0; n < times; n++) picture = blurredRows(picture, radius);
    return picture;
  };
  return turned(pass(turned(pass(gray))));
}

/** Softened by three boxes that come near to a Gaussian of this radius (standard deviation). */
export function gaussian(gray, radius) {
  const variance = (radius * radius) / 3;
  const whole = Math.floor((Math.sqrt(12 * variance + 1) - 1) / 2);
  const part = ((2 * whole + 1) * (whole * (whole + 1) - 3 * variance)) / (6 * (variance - (whole + 1) ** 2));
  return boxBlurred(gray, whole + part, 3);
}

function blurredRows({ data, width, height }, radius) {
  const out = new Uint8Array(data.length);
  const whole = Math.floor(radius);
  const weight = 1 / (2 * radius + 1);
  const outer = (1 - (2 * whole + 1) * weight) / 2;
  for (let row = 0; row < data.length; row += width) {
    const last = row + width - 1;
    let sum = data[row] * (whole + 1);
    for (let n = 0; n < whole; n++) sum += data[Math.min(row + n, last)];
    for (let x = row; x <= last; x++) {
      const left = data[Math.max(x - whole - 1, row)];
      sum += data[Math.min(x + whole, last)] - left;
      out[x] = sum * weight + (left + data[Math.min(x + whole + 1, last)]) * outer + 0.5;
    }
  }
  return { data: out, width, height };
}

/** Bicubic (a = -0.5), wider when it shrinks, so that nothing between the pixels is lost. */
export function scaled(gray, factor) {
  const width = Math.max(1, Math.round(gray.width * factor));
  const height = Math.max(1, Math.round(gray.height * factor));
  return turned(resampled(turned(resampled(gray, width)), height));
}

function resampled({ data, width: old, height }, width) {
  const out = new Uint8ClampedArray(width * height);
  const { from, to, scale } = windows(old, width, 2);
  const most = Math.ceil(4 * scale) + 1;
  const weights = new Float32Array(width * most);
  for (let x = 0; x < width; x++) {
    const centre = ((x + 0.5) * old) / width;
    const row = weights.subarray(x * most, x * most + to[x] - from[x]);
    for (let n = 0; n < row.length; n++) row[n] = cubic((from[x] + n - centre + 0.5) / scale);
    const total = row.reduce((sum, weight) => sum + weight, 0);
    for (let n = 0; n < row.length; n++) row[n] /= total;
  }
  for (let y = 0, place = 0; y < height; y++) {
    for (let x = 0; x < width; x++, place++) {
      let sum = 0;
      for (let at = y * old + from[x], end = y * old + to[x], n = x * most; at < end; at++, n++) sum += data[at] * weights[n];
      out[place] = sum;
    }
  }
  return { data: out, width, height };
}

function cubic(x) {
  x = Math.abs(x);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

/** What a Gaussian of `radius` takes away is added `strength` times. */
export function sharpened(gray, radius, strength) {
  const soft = gaussian(gray, radius).data;
  const out = new Uint8ClampedArray(soft.length);
  for (let at = 0; at < out.length; at++) out[at] = gray.data[at] + (gray.data[at] - soft[at]) * strength;
  return { ...gray, data: out };
}

/** Black where a pixel is darker than the mean of the square of `radius` around it, else white. */
export function againstSurroundings(gray, radius) {
  const mean = boxBlurred(gray, radius).data;
  const out = new Uint8Array(mean.length);
  for (let at = 0; at < out.length; at++) out[at] = gray.data[at] < mean[at] ? 0 : 255;
  return { ...gray, data: out };
}
