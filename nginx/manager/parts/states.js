// What stands where data should be: nothing yet, nothing at all, or what went wrong.

import { h } from '../app/element.js';
import { t } from '../app/i18n.js';

/** An error with its remedy, and a way to try again. */
export function failure(error, again) {
  return h('div', { class: 'state error', role: 'alert' },
    h('p', {}, error.message),
    error.requestID && h('p', { class: 'faint' }, t('Request id'), ' ', h('code', {}, error.requestID)),
    again && h('button', { type: 'button', onclick: again }, t('Try again')));
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
      node.replaceChildren(...[await load()].flat(Infinity).filter(Boolean));
    } catch (error) {
      if (signal?.aborted) return;
      node.replaceChildren(failure(error, () => { node.replaceChildren(loading()); run(); }));
    }
  };
  run();
  return { node, reload: run };
}
