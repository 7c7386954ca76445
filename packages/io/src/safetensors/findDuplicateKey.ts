/**
 * The first key that comes twice in one object of a JSON text, or `null`. `JSON.parse` keeps the last of them in silence, so two readers
 * may see two different files in one.
 *
 * @param text valid JSON.
 */
export function findDuplicateKey(text: string): string | null {
  // One set of keys per open object, null per open array.
  const open: (Set<string> | null)[] = [];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"(?:\s*:)?|[[\]{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (token.endsWith(':')) {
      const key = JSON.parse(token.slice(0, -1)) as string;
      const keys = open.at(-1)!;
      if (keys === null || keys === undefined) continue;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return null;
}
