// A sentence about what was done, read out and gone after a while. Errors stand where they happened instead.

import { h } from '../app/element.js';

export function toast(text) {
  const note = h('p', { class: 'toast' }, text);
  document.getElementById('toasts')?.append(note);
  setTimeout(() => note.remove(), 5000);
}
