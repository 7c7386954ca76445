/** What the networks tell apart, the number of a class being its place; the colours are those of the pictures, red green blue. */
export const CLASSES = [
  { name: 'background', color: [0, 0, 0] },
  { name: 'frontal lobe', color: [230, 75, 53] },
  { name: 'temporal lobe', color: [0, 160, 135] },
  { name: 'parietal lobe', color: [255, 190, 60] },
  { name: 'occipital lobe', color: [60, 84, 200] },
  { name: 'limbic lobe', color: [200, 90, 200] },
  { name: 'sub-lobar', color: [120, 200, 240] },
  { name: 'cerebellum', color: [140, 210, 80] },
  { name: 'brain stem', color: [245, 130, 180] },
] as const;

export const CLASS_NAMES: readonly string[] = CLASSES.map(({ name }) => name);

/**
 * The class of an atlas label such as `Left Cerebrum:Temporal Lobe:Inf Temporal Gyrus:Gray Matter: `: by its second part, the lobe, but the
 * cerebellum and the brain stem are one class each. Labels without a lobe are background.
 */
export function classOf(label: string): number {
  const [region = '', lobe = ''] = label.split(':').map((part) => part.trim());
  const name = region.endsWith('Cerebellum')
    ? 'cerebellum'
    : region.endsWith('Brainstem')
      ? 'brain stem'
      : lobe.toLowerCase();
  return Math.max(0, CLASS_NAMES.indexOf(name));
}
