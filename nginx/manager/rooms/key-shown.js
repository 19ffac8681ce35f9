// A key in full, which is shown once, and how to use it.

import { ROOT } from '../app/api.js';
import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { copyBlock } from '../parts/copy.js';
import { showDialog } from '../parts/dialog.js';
import { snippets } from '../parts/snippets.js';

/** `row`: what the API answered, with the whole `api_key`. */
export function showNewKey(row, title, note) {
  return showDialog(title, [
    h('p', { class: 'notice warn' }, t('Copy it now: it is shown this once and cannot be read again.')),
    copyBlock(row.api_key, t('Key')),
    note && h('p', {}, note),
    snippets({ root: ROOT.href.replace(/\/$/, ''), key: row.api_key, model: t('MODEL') }),
  ].filter(Boolean), { stays: true });
}
