// What stands where data should be: nothing yet, nothing at all, or what went wrong.

import { BACK } from '../app/aside.js';
import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { keepFocus } from './focus.js';

/** An error with its remedy, and a way to try again. What failed because the key had ended is tried again by itself. */
export function failure(error, again) {
  const node = h('div', { class: 'state error', role: 'alert' },
    h('p', {}, error.message),
    error.requestID && h('p', { class: 'faint' }, t('Request id'), ' ', h('code', {}, error.requestID)),
    again && h('button', { type: 'button', onclick: again }, t('Try again')));
  // Another reader may be back, for whom all is drawn anew.
  const retry = () => { if (node.isConnected) again(); };
  if (error.status === 401 && again) addEventListener(BACK, retry, { once: true });
  return node;
}

/** Nothing to show: why, and what to do about it. */
export function emptiness(text, action) {
  return h('div', { class: 'state' }, h('p', {}, text), action);
}

export function loading() {
  return h('div', { class: 'state', role: 'status' }, h('span', { class: 'spinner', 'aria-hidden': 'true' }), t('Loading…'));
}

/** A place that fills itself: loading, then what `load` draws, or its error with a way to try again. */
export function loaded(load, signal) {
  const node = h('div', { class: 'loaded' }, loading());
  const run = async () => {
    try {
      const content = [await load()].flat(Infinity).filter(Boolean);
      keepFocus(node, () => node.replaceChildren(...content));
    } catch (error) {
      if (signal?.aborted) return;
      node.replaceChildren(failure(error, () => { keepFocus(node, () => node.replaceChildren(loading())); run(); }));
    }
  };
  run();
  return { node, reload: run };
}
