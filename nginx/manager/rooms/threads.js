// Every call that was admitted, with a search through prompts and answers.

import { api, APIError, queryText, send } from '../app/api.js';
import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { count, duration, money, roughMoney } from '../app/numbers.js';
import { link } from '../app/router.js';
import { session } from '../app/session.js';
import { moment } from '../app/time.js';
import { keyFilter } from '../parts/key-filter.js';
import { badge, button, heading } from '../parts/page.js';
import { chooseFile, withTail } from '../parts/save.js';
import { failure } from '../parts/states.js';
import { listTable } from '../parts/table.js';
import { alarm, toast } from '../parts/toast.js';

const KINDS = { ok: 'good', cancelled: '', error: 'bad', truncated: 'warn' };
/** The last line of an export whose rows the storage could not all give: its status had long been sent. */
const BROKEN_OFF = /(^|\n)# INCOMPLETE: [^\n]* Request \S+\.\r\n$/;
const EXPORTED = ['q', 'key_id', 'session_id', 'model', 'from', 'to'];

/** How a call ended, with the code of its error. */
export const statusBadge = (call) => [shortStatus(call), call.error_code && h('span', { class: 'faint' }, ` ${call.error_code}`)];

function shortStatus(call) {
  const names = { ok: t('ok'), cancelled: t('cancelled'), error: t('error'), truncated: t('truncated') };
  return h('span', { title: call.error_code }, badge(names[call.status], KINDS[call.status]));
}

export default async function threads({ query, signal }) {
  const [keys, models] = await Promise.all([
    keyFilter(signal, query.key_id), api.get(`${session.scope}/model/list`, { limit: 1000 }, { signal }),
  ]);
  const problem = h('div');
  const table = listTable({
    caption: t('Calls'), path: `${session.scope}/thread/list`, query, signal,
    filters: [
      { name: 'q', label: t('Search'), kind: 'search', placeholder: t('Words of the prompt or answer') }, ...keys,
      { name: 'model', label: t('Model'), kind: 'select', options: modelOptions(models.items, query.model) },
      { name: 'from', label: t('From'), kind: 'time' }, { name: 'to', label: t('Until'), kind: 'time' },
    ],
    columns: [
      { label: t('Time'), order: 'created_at', cell: (call) => h('a', { href: link(['threads', call.id]) }, moment(call.created_at)) },
      { label: t('State'), order: 'status', cell: shortStatus },
      { label: t('Prompt'), wide: true, cell: (call) => h('span', { class: 'clip' }, call.prompt || '—') },
      session.isAdmin && { label: t('Key'), order: 'key_name', name: true, cell: (call) => call.key_name },
      { label: t('Model'), order: 'model', name: true, cell: (call) => call.model },
      { label: t('Tokens in'), minor: true, order: 'tokens_in', number: true, cell: (call) => count(call.tokens_in + call.tokens_cache_read + call.tokens_cache_write) },
      { label: t('Tokens out'), minor: true, order: 'tokens_out', number: true, cell: (call) => count(call.tokens_out) },
      { label: t('Fee'), order: 'fee', number: true, cell: (call) => h('span', { title: money(call.fee) }, roughMoney(call.fee)) },
      { label: t('First byte'), order: 'first_byte_latency', number: true, cell: (call) => duration(call.first_byte_latency) },
      { label: t('Whole answer'), minor: true, order: 'invocation_latency', number: true, cell: (call) => duration(call.invocation_latency) },
    ].filter(Boolean),
    empty: { text: t('No call yet.') },
  });

  async function save() {
    const asked = Object.fromEntries(Object.entries(table.asked()).filter(([name]) => EXPORTED.includes(name)));
    const write = await chooseFile('threads.csv', 'text/csv', '.csv');
    if (!write) return;
    try {
      const { response, tail } = withTail(await send(`admin/thread/export${queryText(asked)}`, { signal }));
      await write(response);
      if (BROKEN_OFF.test(tail())) throw new APIError(200, { message: t('The export is not whole, as its last line says. Try again.') });
      problem.replaceChildren();
      toast(t('The export was saved.'));
    } catch (error) {
      const known = error instanceof APIError ? error : new Error(t('The export broke off. Try again.'));
      if (signal.aborted) alarm(new Error(t('The export broke off, since you left the list of calls.')));
      else problem.replaceChildren(failure(known));
    }
  }

  return [heading(t('Calls'), { actions: session.isAdmin ? [button(t('Export as CSV'), save)] : [] }), problem, table.node];
}

/** Those that there are, and the one asked for, which may be gone. */
function modelOptions(models, asked) {
  const names = new Set([...models.map((model) => model.name), ...(asked ? [asked] : [])]);
  return [['', t('All')], ...[...names].map((name) => [name, name])];
}
