// Text to take along.

import { h } from '../app/element.js';
import { t } from '../app/i18n.js';

/** A button that copies `text()`, and says so. Without the clipboard (plain HTTP on another host) the text is selected. */
export function copyButton(text, from) {
  const button = h('button', { type: 'button', class: 'small', onclick: copy }, t('Copy'));
  async function copy() {
    try {
      await navigator.clipboard.writeText(text());
      button.textContent = t('Copied');
    } catch {
      getSelection().selectAllChildren(from);
      button.textContent = t('Selected: press Ctrl+C');
    }
    setTimeout(() => { button.textContent = t('Copy'); }, 3000);
  }
  return button;
}

/** Text in a frame with a button that copies it. */
export function copyBlock(text, label) {
  const code = h('code', {}, text);
  return h('div', { class: 'copy-block' },
    h('pre', { tabindex: '0', role: 'region', 'aria-label': label }, code), copyButton(() => text, code));
}
