export interface NumberRange {
  readonly least: number;
  /** Default: no limit. */
  readonly most?: number;
  /** Whether fractions are refused; default true. */
  readonly integer?: boolean;
}

/** The number that an option of the command line gives as text. @throws Error naming the option and what it takes. */
export function numberOption(name: string, text: string, range: NumberRange): number {
  const { least, most = Infinity, integer = true } = range;
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most && Number.isFinite(value))
    if (!integer || Number.isSafeInteger(value)) return value;
  const kind = integer ? 'an integer' : 'a number';
  const limits = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new Error(`--${name} must be ${kind} ${limits}, got "${text}".`);
}
