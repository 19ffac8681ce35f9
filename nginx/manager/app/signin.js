// The way in: a key, and what came of the last one.

import { api } from './api.js';
import { h } from './element.js';
import { t } from './i18n.js';
import { session } from './session.js';
import { switches } from './switches.js';
import { form } from '../parts/form.js';

/** Why a key that worked was refused, in the reader's words. */
export function refusal(message) {
  if (/expired/.test(message)) return t('The key has expired.');
  if (/disabled/.test(message)) return t('The key was disabled.');
  if (/incorrect/i.test(message)) return t('The key is not in force any more: it was revoked or replaced.');
  return message;
}

/** `reason`: a sentence about why the reader is here, or null. `again` draws the page in another language. */
export function signInView({ reason, signedIn, again }) {
  const entry = form({
    fields: [{
      name: 'key', label: t('Key'), kind: 'password', required: true, autocomplete: 'off', wide: true,
      help: t('It stays in this tab and is forgotten when the tab is closed.'),
      // What comes along with a pasted key is not always seen, and no request can carry it.
      check: (key) => (/^[!-~]+$/.test(key) ? null : t('A character in it is of no key, perhaps one that is not seen. Copy the key again.')),
    }],
    submitLabel: t('Sign in'),
    submit: async ({ key }) => {
      const row = await api.get('user/api-key/mine', {}, { key });
      session.begin(key, row);
      signedIn();
    },
  });
  document.title = `${t('Sign in')} · Brook`;
  queueMicrotask(() => entry.focus());
  return h('div', { class: 'signin' },
    h('main', { class: 'signin-card', id: 'main' },
      h('p', { class: 'brand' }, h('img', { src: 'icon.svg', alt: '', width: 28, height: 28 }), 'Brook'),
      h('h1', {}, t('Sign in')),
      reason && h('p', { class: 'notice warn', role: 'alert' }, reason),
      entry.node),
    h('footer', {}, switches(again)));
}
