/** What the page is told besides the model and the image: `site.json`. */
export interface SiteConfig {
  /** Of the files beside the page. */
  readonly model: string;
  readonly image: string;
  /** Which slice across x is shown, and which of its planes: `[first, end)`. */
  readonly x: number;
  readonly z: readonly [first: number, end: number];
  /** Red, green and blue of each class; class 0 is not drawn. */
  readonly colors: readonly (readonly [red: number, green: number, blue: number])[];
}
