import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

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

/** Opens the page in Chromium, waits for its prediction and takes a picture of it. @throws Error with what the page says went wrong. */
export async function driveChromium(executablePath: string, url: string, screenshot: string): Promise<PageResult> {
  // Chromium's sandbox refuses to be started by root, as in containers.
  const browser = await chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
  try {
    const page = await browser.newPage({ viewport: { width: 1180, height: 420 } });
    const problems: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(url);
    await page.waitForFunction('window.seen !== undefined || window.failed !== undefined', undefined, {
      timeout: 120_000,
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
