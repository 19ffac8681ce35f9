// Dialogs: the platform's own, which keep the focus inside and give it back.

import { h, uniqueID } from '../app/element.js';
import { t } from '../app/i18n.js';
import { form } from './form.js';
import { button } from './page.js';

/** Opens a dialog; `content` gets `close(result)`. Resolves with the result, or null when it was dismissed. */
export function openDialog({ title, content, wide = false, mayClose = () => true }) {
  return new Promise((resolve) => {
    const id = uniqueID('dialog');
    const opener = document.activeElement;
    let result = null;
    const node = h('dialog', { 'aria-labelledby': id, class: wide ? 'wide' : null });
    const close = (value = null) => { result = value; node.close(); };
    const warning = h('p', { class: 'notice warn', role: 'status', hidden: true }, t('Something was typed here. “Cancel” discards it.'));
    const refuse = (event) => {
      if (mayClose()) return;
      event.preventDefault();
      warning.hidden = false;
    };
    node.append(h('div', { class: 'dialog-head' }, h('h2', { id }, title),
      h('button', { type: 'button', class: 'quiet close', 'aria-label': t('Close'), onclick: () => close() }, '×')));
    node.append(...[content(close)].flat(Infinity).filter(Boolean), warning);
    // Chromium lets a second Escape through whatever `cancel` says, so the key itself is taken away.
    node.addEventListener('keydown', (event) => { if (event.key === 'Escape') refuse(event); });
    node.addEventListener('cancel', refuse);
    node.addEventListener('close', () => {
      node.remove();
      if (document.activeElement === document.body) (opener?.isConnected ? opener : document.getElementById('main'))?.focus();
      resolve(result);
    });
    addEventListener('hashchange', () => node.close(), { once: true });
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

/** Something to read, and a button to go on. */
export const showDialog = (title, content, { wide = true } = {}) => openDialog({
  title,
  wide,
  content: (close) => [content, h('div', { class: 'form-actions' }, button(t('Done'), () => close(true), 'primary'))].flat(),
});
