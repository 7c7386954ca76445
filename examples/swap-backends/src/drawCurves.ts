interface Curve {
  readonly name: string;
  readonly losses: readonly number[];
  readonly color: string;
  /** Others stay visible below a dashed one. */
  readonly dashed?: true;
}

const [WIDTH, HEIGHT, MARGIN] = [560, 300, 44];

/** Loss curves as SVG, one point per epoch. */
export function drawCurves(curves: readonly Curve[]): string {
  const all = curves.flatMap(({ losses }) => losses);
  const [lowest, highest] = [Math.min(...all), Math.max(...all)];
  const epochs = Math.max(...curves.map(({ losses }) => losses.length));
  const x = (epoch: number): number => MARGIN + (epoch / Math.max(1, epochs - 1)) * (WIDTH - 2 * MARGIN);
  const y = (loss: number): number =>
    MARGIN + ((highest - loss) / Math.max(highest - lowest, 1e-12)) * (HEIGHT - 2 * MARGIN);
  const lines = curves.map(({ losses, color, dashed }) => {
    const points = losses.map((loss, epoch) => `${x(epoch).toFixed(1)},${y(loss).toFixed(1)}`).join(' ');
    const style = dashed ? 'stroke-width="2" stroke-dasharray="6 6"' : 'stroke-width="5" stroke-opacity="0.5"';
    return `<polyline points="${points}" fill="none" stroke="${color}" ${style}/>`;
  });
  const names = curves.map(
    ({ name, color }, row) =>
      `<text x="${WIDTH - MARGIN}" y="${MARGIN + 18 * row}" text-anchor="end" fill="${color}">${name}</text>`,
  );
  const axes = [
    `<path d="M${MARGIN} ${MARGIN}V${HEIGHT - MARGIN}H${WIDTH - MARGIN}" fill="none" stroke="#888"/>`,
    `<text x="6" y="${MARGIN}">${highest.toFixed(2)}</text>`,
    `<text x="6" y="${HEIGHT - MARGIN}">${lowest.toFixed(2)}</text>`,
    `<text x="${WIDTH / 2}" y="${HEIGHT - 14}" text-anchor="middle">epochs 1 to ${epochs}: mean loss</text>`,
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="13">
<rect width="100%" height="100%" fill="white"/>
${[...axes, ...lines, ...names].join('\n')}
</svg>
`;
}
