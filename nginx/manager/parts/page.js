// The parts of a room's layout.

import { h } from '../app/element.js';
import { link } from '../app/router.js';
import { whileBusy } from './busy.js';
import { alarm } from './toast.js';

/** A room's title with its actions, and the way back to the list that it belongs to: `back: ['keys', 'Keys']`. */
export function heading(title, { back, actions = [], note } = {}) {
  return h('div', { class: 'heading' },
    h('div', { class: 'heading-text' },
      back && h('a', { class: 'back', href: link(back[0]) }, `‹ ${back[1]}`),
      h('h1', {}, title), note && h('p', { class: 'faint' }, note)),
    h('div', { class: 'actions' }, actions));
}

/** A titled block. */
export function section(title, content, { actions = [], kind = '' } = {}) {
  return h('section', { class: `block ${kind}` },
    h('div', { class: 'block-head' }, h('h2', {}, title), h('div', { class: 'actions' }, actions)), content);
}

/** Names and values: `[['Role', 'admin'], …]`; a third member `'whole-row'` gives a long value a row of its own. */
export const facts = (pairs) => h('dl', { class: 'facts' },
  pairs.filter(Boolean).map(([name, value, kind]) => h('div', { class: kind }, h('dt', {}, name), h('dd', {}, value))));

/** A button. What `act` promises is waited for: until then it does nothing a second time, and a failure is told. */
export function button(label, act, kind = '') {
  const node = h('button', { type: 'button', class: kind, onclick: () => whileBusy(node, act).catch(alarm) }, label);
  return node;
}

/** A short mark: `good`, `warn`, `bad` or plain. */
export const badge = (text, kind = '') => h('span', { class: `badge ${kind}` }, text);
