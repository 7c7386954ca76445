import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/**
 * A text file that grows line by line and never keeps half a line. Written without buffering, so that lines survive when the process is
 * killed; `flush` makes them survive a power failure too.
 */
export class LineFile {
  #descriptor: number | null = null;
  #size = 0;

  constructor(readonly path: string) {}

  /** The complete lines there are; none when there is no file. A last line without its end was torn by a crash, and is left out. */
  read(): string[] {
    if (!existsSync(this.path)) return [];
    return readFileSync(this.path, 'utf8').split('\n').slice(0, -1);
  }

  /** Replaces the content, all or nothing, and continues after it. */
  replace(lines: readonly string[]): void {
    mkdirSync(dirname(this.path), { recursive: true });
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    const temporary = `${this.path}.${process.pid}.tmp`;
    try {
      writeFileSync(temporary, bytes, { flush: true });
      renameSync(temporary, this.path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = openSync(this.path, 'r+');
    this.#size = bytes.length;
  }

  append(line: string): void {
    if (this.#descriptor === null) this.replace([]);
    const descriptor = this.#descriptor!;
    const bytes = Buffer.from(`${line}\n`);
    try {
      for (let written = 0; written < bytes.length;) {
        written += writeSync(descriptor, bytes, written, bytes.length - written, this.#size + written);
      }
    } catch (error) {
      ftruncateSync(descriptor, this.#size);
      throw error;
    }
    this.#size += bytes.length;
  }

  get isOpen(): boolean {
    return this.#descriptor !== null;
  }

  flush(): void {
    if (this.#descriptor !== null) fsyncSync(this.#descriptor);
  }

  close(): void {
    if (this.#descriptor === null) return;
    this.flush();
    closeSync(this.#descriptor);
    this.#descriptor = null;
  }
}
