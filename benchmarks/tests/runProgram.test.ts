import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Measurement, positiveInteger, shapeOption } from '../src/Measurement.js';
import { runProgram } from '../src/runProgram.js';

const echo: Measurement = {
  name: 'echo',
  description: 'gives its options back',
  options: { count: { type: 'string', default: '3' }, shape: { type: 'string', default: '2,1,8,8' } },
  help: ['--count N  a number'],
  run: (values) => {
    const count = positiveInteger(values, 'count');
    return Promise.resolve({ count, shape: shapeOption(values), passed: count < 10 });
  },
};

let printed: string[];
let complained: string[];

beforeEach(() => {
  printed = [];
  complained = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean(printed.push(String(text))));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean(complained.push(String(text))));
});

afterEach(() => {
  vi.restoreAllMocks();
});

const run = (...parameters: readonly string[]): Promise<number> => runProgram('bench', [echo], parameters);

test('the last line is one JSON object that begins with the name', async () => {
  expect(await run('echo', '--count', '4')).toBe(0);
  expect(printed).toEqual(['{"bench":"echo","count":4,"shape":[2,1,8,8],"passed":true}']);
});

test('a limit that is not kept makes the program fail', async () => {
  expect(await run('echo', '--count', '10')).toBe(1);
});

test('help lists the benches, and the options of one', async () => {
  expect(await run('--help')).toBe(0);
  expect(await run('echo', '--help')).toBe(0);
  expect(printed.join('')).toMatch(/echo +gives its options back[^]*--count N {2}a number/);
});

test.each([
  ['an unknown bench', ['nope'], /no bench named nope/],
  ['an unknown option', ['echo', '--speed', '1'], /Unknown option '--speed'/],
  ['a number that is none', ['echo', '--count', 'many'], /--count is many; it takes a positive integer/],
  ['a shape that is none', ['echo', '--shape', '2,x'], /--shape is 2,x; it takes batch,channels,height,width/],
])('%s is refused with what was expected', async (_, parameters, message) => {
  expect(await run(...parameters)).toBe(2);
  expect(complained.join('')).toMatch(message);
});
