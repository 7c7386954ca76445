const MOST_CHARACTERS = 80;

/** A value in a message, cut where it becomes long. */
export function printValue(value: unknown): string {
  return cut(JSON.stringify(value) ?? (value === undefined ? 'missing' : String(value)));
}

export function cut(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}
