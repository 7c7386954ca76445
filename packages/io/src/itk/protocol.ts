/** An image as itk-wasm hands it over: x first, LPS, components of a voxel side by side. */
export interface ItkImage {
  readonly imageType: {
    readonly dimension: number;
    readonly componentType: string;
    readonly pixelType: string;
    readonly components: number;
  };
  readonly name: string;
  readonly origin: readonly number[];
  readonly spacing: readonly number[];
  /** Row by row. */
  readonly direction: ArrayLike<number>;
  readonly size: readonly number[];
  readonly metadata: ReadonlyMap<string, unknown>;
  readonly data: ArrayBufferView | null;
}

/** What the worker can be asked for. `maximumBytes` bounds what a reader may make of a file. */
export interface ItkTasks {
  readonly read: {
    readonly input: { readonly path: string; readonly maximumBytes: number };
    readonly output: ItkImage;
  };
  readonly readSeries: {
    readonly input: { readonly paths: readonly string[]; readonly maximumBytes: number };
    readonly output: ItkImage;
  };
  readonly readTags: {
    readonly input: { readonly path: string; readonly tags: readonly string[]; readonly maximumBytes: number };
    readonly output: readonly (readonly [tag: string, value: string])[];
  };
  readonly write: {
    readonly input: { readonly path: string; readonly image: ItkImage; readonly compress: boolean };
    readonly output: null;
  };
}

export type ItkTask = keyof ItkTasks;

export type ItkRequest = {
  readonly [T in ItkTask]: { readonly task: T; readonly input: ItkTasks[T]['input'] };
}[ItkTask];

export type ItkReply =
  | { readonly output: ItkTasks[ItkTask]['output'] }
  | { readonly failed: string; readonly code: string | null; readonly printed: string };
