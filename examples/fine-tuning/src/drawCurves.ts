import { writeFileAtomic } from '@delira/io';
import sharp from 'sharp';

const [WIDTH, HEIGHT] = [640, 360];
const [LEFT, RIGHT, TOP, BOTTOM] = [56, 130, 20, 44];
const COLORS = ['#7f7f7f', '#1f77b4', '#d62728', '#2ca02c'];

/** Writes a PNG with one line for each curve: accuracies from 0 to 1 by epoch. */
export async function drawCurves(path: string, curves: Readonly<Record<string, readonly number[]>>): Promise<void> {
  const epochs = Math.max(...Object.values(curves).map(({ length }) => length));
  const x = (epoch: number): number => LEFT + ((epoch - 1) / Math.max(1, epochs - 1)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number): number => TOP + (1 - value) * (HEIGHT - TOP - BOTTOM);
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (value) =>
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}" stroke="#ddd"/>` +
      `<text x="${LEFT - 8}" y="${y(value) + 4}" text-anchor="end">${100 * value} %</text>`,
  );
  const lines = Object.entries(curves).map(([name, values], index) => {
    const color = COLORS[index % COLORS.length]!;
    const points = values.map((value, epoch) => `${x(epoch + 1).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
    return (
      `<polyline points="${points}" fill="none" stroke="${color}" stroke-width="3"/>` +
      `<text x="${WIDTH - RIGHT + 8}" y="${y(values.at(-1) ?? 0) + 4}" fill="${color}">${name}</text>`
    );
  });
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="14">` +
    `<rect width="100%" height="100%" fill="white"/>${grid.join('')}${lines.join('')}` +
    `<text x="${x(1)}" y="${HEIGHT - 16}" text-anchor="middle">1</text>` +
    `<text x="${x(epochs)}" y="${HEIGHT - 16}" text-anchor="middle">${epochs}</text>` +
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 16}" text-anchor="middle">epoch</text></svg>`;
  await writeFileAtomic(path, await sharp(Buffer.from(svg)).png({ palette: true }).toBuffer());
}
