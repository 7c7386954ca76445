import { readFileSync } from 'node:fs';

/** Resident memory of this process in MiB, now and at its peak. */
export function memory(): { readonly rssMb: number; readonly peakRssMb: number } {
  return { rssMb: process.memoryUsage.rss() / 2 ** 20, peakRssMb: peak() / 1024 };
}

/** In KiB. The kernel's own mark where there is one: `resourceUsage` inherits the parent's peak across fork. */
function peak(): number {
  try {
    const mark = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    if (mark !== null) return Number(mark[1]);
  } catch {
    // Not on Linux.
  }
  return process.resourceUsage().maxRSS;
}
