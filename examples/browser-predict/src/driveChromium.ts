import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

/** What a page can compute with: WebAssembly or the GPU. */
export const providers = ['cpu', 'webgpu'] as const;
export type Provider = (typeof providers)[number];

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** A GPU in software takes its time. */
const WAIT_MS = 300_000;

/** Chromium's path: `$CHROMIUM`, or on the PATH; null where there is none. */
export function findChromium(): string | null {
  const { CHROMIUM = '', PATH = '' } = process.env;
  if (CHROMIUM !== '') return CHROMIUM;
  const places = PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return places.find((path) => existsSync(path)) ?? null;
}

/** What the page leaves for whoever looks. */
export interface PageResult {
  readonly scores: readonly number[];
  readonly shape: readonly number[];
  readonly milliseconds: number;
}

export interface DriveOptions {
  readonly url: string;
  /** Where the picture goes. */
  readonly screenshot: string;
  /** What the page computes with. */
  readonly provider: Provider;
}

/** Opens the page in Chromium, waits for its prediction and takes a picture of it. @throws Error with what the page says went wrong. */
export async function driveChromium(
  executablePath: string,
  { url, screenshot, provider }: DriveOptions,
): Promise<PageResult> {
  const browser = await chromium.launch({
    executablePath,
    // Chromium's sandbox refuses to be started by root, as in containers.
    chromiumSandbox: process.getuid?.() !== 0,
    // Without a GPU, Chromium computes WebGPU with the SwiftShader it carries, but only when it is told.
    args: provider === 'webgpu' ? ['--enable-unsafe-webgpu'] : [],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1180, height: 420 } });
    const problems: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(`${url}?provider=${provider}`);
    await page.waitForFunction('window.seen !== undefined || window.failed !== undefined', undefined, {
      timeout: WAIT_MS,
    });
    const failed = (await page.evaluate('window.failed ?? null')) as string | null;
    if (failed !== null || problems.length > 0)
      throw new Error(`The page says: ${[failed, ...problems].filter(Boolean).join('\n')}`);
    await page.screenshot({ path: screenshot });
    return (await page.evaluate('window.seen')) as PageResult;
  } finally {
    await browser.close();
  }
}
