// Whether the platform takes a bot's credentials, with the platform's own words when it does not.

import { api } from '../app/api.js';
import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { duration } from '../app/numbers.js';
import { whileBusy } from '../parts/busy.js';
import { facts } from '../parts/page.js';
import { failure } from '../parts/states.js';

export function webhookTest(webhook) {
  const result = h('div', { 'aria-live': 'polite' });
  const run = h('button', { type: 'button', onclick: () => whileBusy(run, test) }, t('Test it'));

  async function test() {
    result.replaceChildren(h('p', { class: 'faint' }, t('Asking the platform…')));
    try {
      result.replaceChildren(outcome(await api.post('admin/bot/feishu/test', { id: webhook.id })));
    } catch (error) {
      result.replaceChildren(failure(error));
    }
  }

  return h('div', { class: 'stack' },
    h('p', { class: 'faint' }, t('Asks the platform for a token with the credentials as they were last saved.')), h('div', {}, run), result);
}

function outcome(found) {
  // Without a code the platform did not answer, and the message is Brook's.
  const isRefused = !found.ok && found.error.code !== null;
  return h('div', { class: 'stack' },
    found.ok ? h('p', { class: 'notice good' }, t('The platform takes the credentials.'))
      : h('p', { class: 'notice bad' }, isRefused ? t('The platform does not take the credentials.') : found.error.message),
    !found.verified && h('p', { class: 'notice warn' }, t('Neither a Verification Token nor an Encrypt Key is set: anybody may send it messages.')),
    facts([
      isRefused && [t('Code'), found.error.code],
      isRefused && [t('What the platform said'), h('span', { class: 'said' }, found.error.message || '—')],
      found.ok && [t('The bot’s open id'), h('span', { class: 'mono' }, found.open_id ?? '—')],
      [t('Events are encrypted'), found.encrypted ? t('yes') : t('no')], [t('Whole answer'), duration(found.latency)],
    ]));
}
