/** The part of a Node.js output stream that logging uses. */
export interface TextStream {
  write(text: string): unknown;
  /** Whether a person watches: then a line may be drawn over. */
  readonly isTTY?: boolean;
  /** Width of the terminal in characters. */
  readonly columns?: number;
}
