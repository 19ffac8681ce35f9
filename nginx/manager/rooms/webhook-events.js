// How a bot's messages ended, without what was said in them.

import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { count } from '../app/numbers.js';
import { moment } from '../app/time.js';
import { badge } from '../parts/page.js';
import { listTable } from '../parts/table.js';

const KINDS = { accepted: '', answering: 'warn', done: 'good', failed: 'bad' };
const states = () => ({ accepted: t('accepted'), answering: t('answering'), done: t('done'), failed: t('failed') });
const reasons = () => ({
  insufficient_quota: t('The key of the bot has nothing left.'),
  rate_limit_exceeded: t('The key of the bot has reached a limit.'),
  invalid_api_key: t('The key of the bot is not in force.'),
  model_not_allowed: t('The key of the bot may not use the model.'),
  model_not_found: t('There is no model of this name.'),
  platform_unreachable: t('The platform could not be reached.'),
  platform_busy: t('The platform’s limits for the app left no room.'),
  abandoned_twice: t('Two workers ended while they answered it.'),
  abandoned_too_old: t('No worker answered it within 10 minutes.'),
});

export const webhookEvents = (id, query, signal) => listTable({
  caption: t('Messages of the last 8 hours'), path: `admin/bot/feishu/events/${id}`, query, signal,
  filters: [{ name: 'state', label: t('State'), kind: 'select', options: [['', t('All')], ...Object.entries(states())] }],
  columns: [
    { label: t('Time'), cell: (event) => moment(event.created_at) },
    { label: t('State'), cell: (event) => badge(states()[event.state], KINDS[event.state]) },
    { label: t('Reason'), wide: true, cell: (event) => reason(event.reason) },
    { label: t('Attempts'), minor: true, number: true, cell: (event) => count(event.attempts) },
    { label: t('Chat'), minor: true, name: true, cell: (event) => event.chat_id },
    { label: t('Last change'), minor: true, cell: (event) => moment(event.updated_at) },
  ],
  empty: { text: t('No message in the last 8 hours. Is the callback entered on the platform, and the app published?') },
});

function reason(code) {
  if (!code) return '—';
  const refused = /^platform_(\d+)$/.exec(code);
  const text = refused ? t('The platform refused with code {code}.', { code: refused[1] }) : reasons()[code];
  return [text && `${text} `, h('span', { class: 'mono faint' }, code)].filter(Boolean);
}
