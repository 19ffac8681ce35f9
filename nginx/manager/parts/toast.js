// A sentence about what was done, read out and gone after a while. Errors stand where they happened instead.

import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { failure } from './states.js';

const show = (note) => document.getElementById('toasts')?.append(note);

export function toast(text) {
  const note = h('p', { class: 'toast' }, text);
  show(note);
  setTimeout(() => note.remove(), 5000);
}

/** An error that has no place of its own, such as a button's: it stays until it is closed. */
export function alarm(error) {
  // What ends because its room was left is no error.
  if (error.name === 'AbortError') return;
  const note = h('div', { class: 'alarm' }, failure(error),
    h('button', { type: 'button', class: 'quiet close', 'aria-label': t('Close'), onclick: () => note.remove() }, '×'));
  show(note);
}
