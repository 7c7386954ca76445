/* global document, ImageData, location, URLSearchParams, window */
import { predictPage } from '../src/page/index.ts';

const status = document.querySelector('#status');

/** @param {string} id @param {import('../src/page/drawSlice.ts').Picture} picture */
function show(id, { width, height, pixels }) {
  const canvas = document.querySelector(id);
  Object.assign(canvas, { width, height });
  canvas.getContext('2d').putImageData(new ImageData(pixels, width, height), 0, 0);
}

try {
  const provider = new URLSearchParams(location.search).get('provider') ?? 'cpu';
  const seen = await predictPage(new URL('.', location.href).href, provider);
  show('#image', seen.image);
  show('#overlay', seen.overlay);
  for (const [index, name] of seen.classes.entries()) {
    if (index === 0) continue;
    const item = document.createElement('li');
    item.textContent = name;
    item.style.setProperty('--color', `rgb(${seen.config.colors[index].join()})`);
    document.querySelector('#classes').append(item);
  }
  status.textContent = `predicted here in ${seen.milliseconds.toFixed(0)} ms (${seen.provider})`;
  window.seen = { scores: Array.from(seen.scores.data), shape: seen.scores.shape, milliseconds: seen.milliseconds };
} catch (error) {
  status.textContent = error.message;
  window.failed = error.message;
}
