// A box to sign in with a finger: lines as whole numbers in a box of 600 x 200, whatever the size of the screen.
export const BOX = { width: 600, height: 200 };
const INK = "#1b3161";

/** Draw lines into a canvas of any size; a touch without movement is a dot. */
export function drawLines(canvas, lines) {
  const pen = canvas.getContext("2d"), scale = canvas.width / BOX.width;
  Object.assign(pen, { lineWidth: 2.5 * scale, lineCap: "round", lineJoin: "round", strokeStyle: INK });
  for (const line of lines) {
    pen.beginPath();
    line.forEach(([x, y], at) => (at ? pen.lineTo(x * scale, y * scale) : pen.moveTo(x * scale, y * scale)));
    if (line.length === 1) pen.lineTo(line[0][0] * scale, line[0][1] * scale);
    pen.stroke();
  }
}

/**
 * Let a finger draw on the canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {(lines: number[][][]) => void} ended hears all lines after each one
 * @returns {{show(lines: number[][][]): void}}
 */
export function createPad(canvas, ended) {
  let lines = [];
  const draw = () => {
    canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
    drawLines(canvas, lines);
  };
  const point = (event) => {
    const box = canvas.getBoundingClientRect();
    return [Math.round(((event.clientX - box.left) / box.width) * BOX.width), Math.round(((event.clientY - box.top) / box.height) * BOX.height)];
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary) return;
    canvas.setPointerCapture(event.pointerId);
    lines = [...lines, [point(event)]];
    draw();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    const part = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    for (const each of part.length ? part : [event]) lines[lines.length - 1].push(point(each));
    draw();
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => ended(lines));
  return { show(given) { lines = given; draw(); } };
}
