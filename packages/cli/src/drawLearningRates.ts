import type { LearningRates } from '@delira/training';

const [WIDTH, HEIGHT] = [640, 360];
const [LEFT, RIGHT, TOP, BOTTOM] = [64, 24, 24, 44];

/** The smoothed loss over the rate, on a logarithmic axis, as SVG; the suggestion is marked. */
export function drawLearningRates({ rates, losses, suggestion }: LearningRates): string {
  const exponents = rates.map(Math.log10);
  const [first = 0, last = 1] = [exponents[0], exponents.at(-1)];
  const [lowest, highest] = [Math.min(...losses), Math.max(...losses)];
  const x = (exponent: number): number => LEFT + share(exponent, first, last) * (WIDTH - LEFT - RIGHT);
  const y = (loss: number): number => TOP + (1 - share(loss, lowest, highest)) * (HEIGHT - TOP - BOTTOM);
  const at = (exponent: number, loss: number): string => `${x(exponent).toFixed(1)},${y(loss).toFixed(1)}`;
  const decades = Array.from({ length: Math.floor(last) - Math.ceil(first) + 1 }, (_, i) => Math.ceil(first) + i).map(
    (exponent) =>
      `<line x1="${x(exponent)}" x2="${x(exponent)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" stroke="#ddd"/>` +
      `<text x="${x(exponent)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">1e${exponent}</text>`,
  );
  const heights = losses.length === 0 ? [] : [lowest, highest];
  const labels = heights.map(
    (loss) => `<text x="${LEFT - 8}" y="${y(loss) + 4}" text-anchor="end">${loss.toPrecision(3)}</text>`,
  );
  const points = losses.map((loss, step) => at(exponents[step]!, loss)).join(' ');
  const [cx, cy] = suggestion === null ? [] : at(Math.log10(suggestion), losses[rates.indexOf(suggestion)]!).split(',');
  const mark = cx === undefined ? '' : `<circle cx="${cx}" cy="${cy}" r="6" fill="#d62728"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="13">
<rect width="100%" height="100%" fill="white"/>
${decades.join('\n')}
${labels.join('\n')}
<polyline points="${points}" fill="none" stroke="#1f77b4" stroke-width="2"/>
${mark}
<text x="${WIDTH / 2}" y="${HEIGHT - 8}" text-anchor="middle">learning rate${suggestion === null ? '' : `; suggested: ${suggestion.toPrecision(3)}`}</text>
</svg>
`;
}

function share(value: number, from: number, to: number): number {
  return to === from ? 0.5 : (value - from) / (to - from);
}
