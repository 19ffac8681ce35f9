// Dialogs: the platform's own, which keep the focus inside and give it back.

import { h, uniqueID } from '../app/element.js';
import { t } from '../app/i18n.js';
import { form } from './form.js';
import { button } from './page.js';

/**
 * Opens a dialog; `content` gets `close(result)`. Resolves with the result, or null when it was dismissed, which nobody can
 * while its form is being sent: what came of that would be seen by nobody. `mayClose` says whether Escape may dismiss it.
 * One that `stays` is for what is shown this once: it goes by a button of its own alone, not when the room is left either.
 */
export function openDialog({ title, content, wide = false, stays = false, mayClose = () => true }) {
  return new Promise((resolve) => {
    const id = uniqueID('dialog');
    const opener = document.activeElement;
    const over = new AbortController();
    let result = null;
    const node = h('dialog', { 'aria-labelledby': id, class: wide ? 'wide' : null, closedby: stays ? 'none' : null });
    const warning = h('p', { class: 'notice warn', role: 'status', hidden: true });
    const isBusy = () => node.querySelector('form[aria-busy="true"]') !== null;
    const warn = (text) => { warning.textContent = text; warning.hidden = false; };
    const close = (value = null) => {
      if (value === null && isBusy()) return warn(t('It is being done. Wait until it has ended.'));
      result = value;
      return node.close();
    };
    const refuse = (event) => {
      if (!isBusy() && !stays && mayClose()) return;
      event.preventDefault();
      warn(isBusy() ? t('It is being done. Wait until it has ended.')
        : stays ? t('This is shown once. “Done” closes it.') : t('Something was typed here. “Cancel” discards it.'));
    };
    node.append(h('div', { class: 'dialog-head' }, h('h2', { id }, title),
      !stays && h('button', { type: 'button', class: 'quiet close', 'aria-label': t('Close'), onclick: () => close() }, '×')));
    node.append(...[content(close)].flat(Infinity).filter(Boolean), warning);
    // Chromium lets a second Escape through whatever `cancel` says, so the key itself is taken away, wherever the focus is.
    const onKey = (event) => { if (event.key === 'Escape' && node.isConnected) refuse(event); };
    addEventListener('keydown', onKey, { capture: true, signal: over.signal });
    addEventListener('hashchange', () => { if (!isBusy() && !stays) node.close(); }, { signal: over.signal });
    node.addEventListener('cancel', refuse);
    node.addEventListener('settled', () => { warning.hidden = true; });
    node.addEventListener('close', () => {
      over.abort();
      node.remove();
      if (document.activeElement === document.body) (opener?.isConnected ? opener : document.getElementById('main'))?.focus();
      resolve(result);
    });
    document.body.append(node);
    node.showModal();
  });
}

export function closeDialogs() {
  for (const node of document.querySelectorAll('dialog[open]')) node.close();
}

/** A form in a dialog. `submit(values, changes)` may fail: then the dialog stays as it is, with the error in its place. */
export function formDialog({ title, intro, fields, submitLabel, submit, wide }) {
  let inner;
  return openDialog({
    title,
    wide,
    mayClose: () => !inner.isChanged(),
    content: (close) => {
      inner = form({
        fields, submitLabel, submit: async (values, changes) => close((await submit(values, changes)) ?? true),
        cancel: () => close(),
      });
      queueMicrotask(() => inner.focus());
      return [intro && h('p', {}, intro), inner.node];
    },
  });
}

/** Asks before something is lost. With `name`, it has to be typed. `act` runs inside, so that its error is seen here. */
export function confirmLoss({ title, text, name, label, act }) {
  return openDialog({
    title,
    content: (close) => {
      const field = name === undefined ? [] : [{
        name: 'typed', label: t('Type “{name}” to confirm', { name }), kind: 'text', required: true, wide: true,
        check: (value) => (value === name ? null : t('This is not the name.')),
      }];
      const inner = form({
        fields: field, submitLabel: label, danger: true, cancel: () => close(),
        submit: async () => { await act(); close(true); },
      });
      queueMicrotask(() => inner.focus());
      return [h('p', {}, text), inner.node];
    },
  });
}

/** Something to read, and a button to go on; with `stays`, by nothing else. */
export const showDialog = (title, content, { wide = true, stays = false } = {}) => openDialog({
  title,
  wide,
  stays,
  content: (close) => [content, h('div', { class: 'form-actions' }, button(t('Done'), () => close(true), 'primary'))].flat(),
});
